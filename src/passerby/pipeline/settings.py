"""Every setting of `passerby anonymize`, once: for the command line, TOML and Python alike.

Options are also read and explained where nothing is computed, and arrays take long to load. So
what needs them is loaded by the methods that hand the settings to the stages.
"""

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from passerby.config import validated
from passerby.detection.settings import DetectionSettings
from passerby.errors import ConfigError
from passerby.pipeline.detection_settings import (
    ClassNames,
    DecoderChoice,
    DeviceChoice,
    IfNobody,
    LongSide,
    NameList,
    Numbers,
    ObjectModel,
)
from passerby.sinks.encoding import Encoding
from passerby.time_range import TimeRange, parse_seconds

if TYPE_CHECKING:
    from passerby.anonymization import Anonymizer
    from passerby.detections import Kind
    from passerby.tracking import TrackingSettings
    from passerby.tracking.selection import Selection

__all__ = [
    "CoverSettings",
    "FindSettings",
    "LiveSettings",
    "NameList",
    "RunSettings",
    "Settings",
    "TimeSettings",
]


LONE = 2.5
"""How many times the threshold a person without a head must score, where heads are found ..."""
HIGHEST_LONE = 0.9
"""... and the most that is asked of them."""


class _Group(BaseModel):
    # Validators are built when they are first used; to explain the options takes none.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


class CoverSettings(_Group):
    """Which pixels are covered, and how."""

    regions: NameList = Field(
        default=("heads",),
        description="Which pixels are covered, united if several: faces, heads, top, people, "
        "motion, objects, frame.",
    )
    classes: NameList = Field(
        default=(),
        description="Classes of your own network that are covered too, as the region objects: "
        "their names, or numbers from 0.",
    )
    operator: str = Field(
        default="blackout",
        description="What is done to them: median, gaussian, blackout, blank, silhouette, inpaint, "
        "learned (weak), noise (weak), quantize (weak), pixelate.",
    )
    strength: str | None = Field(
        default=None,
        description="Strength: pixels (15px), a share of the patch (25%, 1/8) or a number, "
        "depending on the operator. The default is strong enough to hide a head of any size.",
    )
    shape: Literal["ellipse", "box"] = Field(
        default="ellipse",
        description="Shape of the covers of heads and faces: ellipse or box.",
    )
    margin: float = Field(
        default=0.35,
        ge=0,
        le=3,
        description="What is added to each side of a head or face, as a share of its width or "
        "height.",
    )
    preset: str | None = Field(
        default=None,
        description="Settings of a paper instead of the five above, for comparing with it: "
        "van-rooijen-3px (weak), van-rooijen-9px (weak), van-rooijen-15px, van-rooijen-black, "
        "dietlmeier-blur, dietlmeier-zero, dietlmeier-blank, dietlmeier-inpaint, "
        "dietlmeier-pixelate, de-coninck-blur (weak), de-coninck-noise (weak), "
        "de-coninck-quantize (weak).",
    )
    keep: Numbers = Field(
        default=(),
        description="Tracks of one video to leave uncovered, by their numbers: see them with "
        "passerby review --tracks.",
    )
    only: Numbers = Field(
        default=(),
        description="Tracks of one video to cover; people with other numbers are left uncovered.",
    )
    cover_zone: tuple[str, ...] = Field(
        default=(),
        description="A polygon that is always covered: x,y x,y x,y in pixels, or in shares of the "
        "frame if no number is above 1.",
    )
    leave_zone: tuple[str, ...] = Field(
        default=(), description="A polygon in which nothing is covered."
    )
    cover_time: tuple[str, ...] = Field(
        default=(), description="When the whole frame is covered: 0:10-1:05, 12.5- or -30."
    )
    leave_time: tuple[str, ...] = Field(
        default=(),
        description="When only the zones are covered. Times count from the first picture.",
    )
    if_nobody: IfNobody = Field(
        default="nothing",
        description="What is covered, in black, of a picture in which nobody is found: nothing, "
        "its top, or the whole frame. Frames of videos stay as they are.",
    )
    seed: int | None = Field(
        default=None,
        ge=0,
        description="Makes noise repeatable, but also removable by anybody who knows the seed.",
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.classes and self.preset is not None:
            raise ValueError(f"the preset {self.preset} covers no classes: give one of the two")
        try:
            self.anonymizer()
        except ConfigError as error:
            raise ValueError(str(error)) from None
        if self.keep and self.only:
            raise ValueError("keep and only exclude each other: give one of them")
        return self

    @model_serializer(mode="wrap")
    def _as_applied(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """What a record says: a preset stands without the defaults that it replaces."""
        values: dict[str, Any] = dump(self)
        if self.takes_whole_frames:
            values["regions"] = ["frame"]
        replaced = (
            () if self.preset is None else ("regions", "operator", "strength", "shape", "margin")
        )
        return {name: value for name, value in values.items() if name not in replaced}

    @property
    def takes_whole_frames(self) -> bool:
        """Whether a network turns whole frames into others, whoever is in them."""
        return self.operator == "learned" and self.preset is None

    @property
    def selection(self) -> "Selection":
        """Who is covered, by the numbers of tracks."""
        from passerby.tracking.selection import Selection  # noqa: PLC0415

        return Selection(self.keep, self.only)

    def anonymizer_of_nobody(self) -> "Anonymizer | None":
        """What covers a picture in which nobody was found; None if it stays as it is."""
        if self.if_nobody == "nothing":
            return None
        chosen = (self.if_nobody,)
        return replace(
            self.anonymizer(), preset=None, regions=chosen, operator="blackout", strength=None
        )

    def anonymizer(self) -> "Anonymizer":
        """The anonymizer that does this."""
        from passerby.anonymization import Anonymizer, Strength, TimeRange, Zone  # noqa: PLC0415

        more = ("objects",) if self.classes and "objects" not in self.regions else ()
        zones = [Zone.parse(text, "cover") for text in self.cover_zone]
        zones += [Zone.parse(text, "leave") for text in self.leave_zone]
        return Anonymizer(
            regions=(*self.regions, *more),
            operator=self.operator,
            strength=None if self.strength is None else Strength.parse(self.strength),
            preset=self.preset,
            shape=self.shape,
            margin=self.margin,
            zones=tuple(zones),
            cover_times=tuple(TimeRange.parse(text) for text in self.cover_time),
            leave_times=tuple(TimeRange.parse(text) for text in self.leave_time),
            seed=self.seed,
        )


class FindSettings(_Group):
    """How people are found."""

    detections: str | None = Field(
        default=None,
        description="Take boxes from this file instead of detecting: MOT text, COCO JSON or a "
        "folder of YOLO text.",
    )
    model: str | None = Field(
        default=None,
        description="Person detector, or with --operator learned the obfuscator: a name (passerby "
        "models list) or an ONNX file.",
    )
    face_model: str | None = Field(default=None, description="Face detector: a name.")
    object_model: ObjectModel = None
    class_names: ClassNames = None
    decoder: DecoderChoice = None
    device: DeviceChoice = "cpu"
    threshold: float = Field(
        default=0.2,
        gt=0,
        le=1,
        description="Lowest score at which a person, or one of --classes, is covered. In a video, "
        "tracks continue down to 0.1.",
    )
    face_threshold: float = Field(
        default=0.5, gt=0, le=1, description="Lowest score of a face that is covered."
    )
    size: LongSide | None = Field(
        default=None,
        description="Long side in pixels at which people are looked for, 32 to 8192; by default "
        "chosen to fit the frame.",
    )
    smallest_face: float | None = Field(
        default=None,
        gt=0,
        description="Width in pixels of the smallest faces to look for; by default 12, and 24 "
        "where people are looked for too.",
    )
    every: int | None = Field(
        default=None,
        ge=1,
        description="Look for people in every k-th frame, at cuts and in the last frame; by "
        "default in every third frame, and at least every 0.3 s.",
    )
    timeout: float = Field(
        default=20,
        gt=0,
        le=3600,
        description="Seconds after which the frame of a stalled detector is covered in full.",
    )
    threads: int = Field(default=1, ge=1, description="Number of threads for each network.")

    def detection(
        self, kinds: "frozenset[Kind]", classes: tuple[str, ...] = ()
    ) -> DetectionSettings:
        """The same for the detectors of ``kinds``, and of ``classes`` that a user names.

        Raises:
            ConfigError: If settings of networks do not fit each other.
        """
        from passerby.detections import Kind  # noqa: PLC0415
        from passerby.tracking import TrackingSettings  # noqa: PLC0415

        smallest_face = 24 if Kind.PERSON in kinds else 12
        return DetectionSettings(
            person_model=self.model,
            face_model=self.face_model,
            person_threshold=min(self.threshold, TrackingSettings().keep_score),
            face_threshold=self.face_threshold,
            size=self.size,
            smallest_face=self.smallest_face or smallest_face,
            threads=self.threads,
            object_model=self.object_model,
            classes=classes,
            class_names=self.class_names,
            decoder=self.decoder,
            device=self.device,
        )


class TimeSettings(_Group):
    """How detections are carried over time, so that nobody flickers into view."""

    lookahead: float = Field(
        default=1.0,
        ge=0,
        description="Seconds that a frame waits so that gaps are filled from both sides; the delay "
        "of a live stream. With 0 every frame is searched.",
    )
    bridge: float = Field(
        default=2.0, ge=0, description="Longest gap in seconds that is filled within a track."
    )
    lead: float = Field(
        default=0.3,
        ge=0,
        description="Seconds that a track is covered before it was first seen, at least since the "
        "look before.",
    )
    hold: float = Field(
        default=0.3,
        ge=0,
        description="Seconds that a track is covered after it was last seen, at least until the "
        "next look.",
    )

    def tracking(self, threshold: float, *, only_heads: bool = True) -> "TrackingSettings":
        """The same for the tracker.

        Args:
            threshold: Score from which on boxes begin tracks.
            only_heads: Whether of people only their heads are covered: where heads are found, a
                person without one is then in doubt.
        """
        from passerby.tracking import TrackingSettings  # noqa: PLC0415

        chance = min(threshold, HIGHEST_LONE)
        return TrackingSettings(
            start_score=threshold,
            keep_score=min(threshold, TrackingSettings().keep_score),
            chance=chance,
            lone_chance=lone_threshold(threshold) if only_heads else chance,
            bridge=self.bridge,
            lead=self.lead,
            hold=self.hold,
        )


def lone_threshold(threshold: float) -> float:
    """Lowest score of a person without a head, where heads are found, from that of a head."""
    return min(LONE * threshold, HIGHEST_LONE)


class RunSettings(_Group):
    """What a run leaves behind, and how careful it is."""

    model_config = ConfigDict(
        validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )

    from_: str | None = Field(
        default=None,
        alias="from",
        description="When the stretch of a video that is written begins: 12.5, 1:02 or 0:01:02.5. "
        "Times count from the first picture; what comes before is searched too.",
    )
    to: str | None = Field(
        default=None,
        description="When it ends: the first picture at or after this time is left out.",
    )
    overwrite: bool = Field(default=False, description="Replace outputs that exist.")
    report: str | None = Field(
        default=None,
        description="Write a report (JSON): versions, hashes, settings, boxes of every frame, "
        "tracks, gaps bridged, and the frames to review.",
    )
    self_check: bool = Field(
        default=False,
        description="Search the finished output with the detectors again and list the people that "
        "they still find uncovered.",
    )
    strict: bool = Field(
        default=False,
        description="Exit with code 3 if any frame or input cannot be vouched for.",
    )
    save_detections: str | None = Field(
        default=None,
        description="Write what was detected (MOT .txt, whose frames count from 1, or COCO .json, "
        "from 0), to correct it and give it back with --detections.",
    )
    resume: bool = Field(
        default=False,
        description="Go on where a run before was stopped: what it has finished, and has not "
        "changed since, is left out. Give it from the first run on; it needs --report.",
    )
    engine: Literal["process", "ray"] = Field(
        default="process",
        description="What does the work: this process, one input after the other; or ray, all "
        "workers of a Ray cluster, one input each. RAY_ADDRESS in the environment names the "
        "cluster; without it one begins on this machine.",
    )
    workers: int | None = Field(
        default=None,
        ge=1,
        description="How many workers a Ray cluster on this machine has; by default as many as "
        "there are cores.",
    )
    shard: str | None = Field(
        default=None,
        description="Do one share of the inputs: 2/8 is the second of eight. All shards get the "
        "same inputs and output folder, and each a --report of its own; passerby report merge "
        "joins these. A shard that is run again goes on where it was stopped.",
    )
    cut: float | None = Field(
        default=None,
        gt=0,
        description="Cut videos that are longer than so many minutes into parts, at key frames, "
        "so that shards share one video, or a run that is stopped goes on within it. The parts "
        "are joined into one copy in the end, or by passerby report merge.",
    )
    edits: str | None = Field(
        default=None,
        description="Apply the corrections in this file (TOML), which passerby edit writes: boxes "
        "drawn over what was missed, covers taken away, tracks joined and split.",
    )
    treat: tuple[str, ...] = Field(
        default=(),
        description="How one track of a video is covered otherwise than the rest: 3:visible, "
        "3:people, 3:people:pixelate:15px, with the number of the track first.",
    )
    salvage: bool = Field(
        default=False,
        description="Keep what could be read of a damaged video; it still counts as failed.",
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        try:
            stretch = self.stretch
        except ConfigError as error:
            raise ValueError(f"from and to: {error}") from None
        if stretch is not None and self.save_detections is not None:
            raise ValueError(
                "a file of detections has to hold all of a video: leave save_detections out, or "
                "from and to"
            )
        return self

    @property
    def stretch(self) -> TimeRange | None:
        """The part of a video that is written; None for all."""
        if self.from_ is None and self.to is None:
            return None
        start = 0.0 if self.from_ is None else parse_seconds(self.from_)
        return TimeRange(start, None if self.to is None else parse_seconds(self.to))


class LiveSettings(_Group):
    """Cameras and live streams."""

    duration: float | None = Field(
        default=None,
        gt=0,
        description="Stop a camera or live stream after this many seconds; Ctrl-C stops it too.",
    )
    connect_timeout: float = Field(
        default=10, gt=0, le=3600, description="Seconds within which a connection must be made."
    )
    read_timeout: float = Field(
        default=10,
        gt=0,
        le=3600,
        description="Seconds within which the next picture must come; then the stream reconnects.",
    )
    retries: int | None = Field(
        default=None,
        ge=0,
        description="Failed attempts in a row to reconnect before giving up; by default no limit.",
    )
    buffer_frames: int = Field(
        default=8,
        ge=1,
        description="Pictures that may wait if the machine is too slow; then the oldest is "
        "dropped and counted.",
    )


class Settings(_Group):
    """All of it. Each group is a table in a TOML file; on the command line names are enough."""

    cover: CoverSettings = Field(default_factory=CoverSettings)
    find: FindSettings = Field(default_factory=FindSettings)
    time: TimeSettings = Field(default_factory=TimeSettings)
    write: Encoding = Field(default_factory=Encoding)
    live: LiveSettings = Field(default_factory=LiveSettings)
    run: RunSettings = Field(default_factory=RunSettings)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.cover.classes and self.find.detections is not None:
            raise ValueError(
                "a file of detections already says what is an object: leave classes out, and give "
                "regions heads,objects"
            )
        if (self.run.edits is not None or self.run.treat) and self.cover.if_nobody != "nothing":
            raise ValueError("edits and treat say what is covered: leave if_nobody out")
        if (self.run.resume or self.run.shard) and not self.run.report:
            raise ValueError("to go on later, and to join shards, takes a report: name one")
        if (self.run.resume or self.run.shard) and self.run.save_detections:
            raise ValueError("save_detections takes one input: leave out resume and shard")
        if self.run.engine == "ray" and (self.run.shard or self.live.duration):
            raise ValueError("ray shares out files itself: leave out shard and duration")
        if self.run.workers is not None and self.run.engine != "ray":
            raise ValueError("workers are those of ray: add engine ray")
        if self.run.cut is not None:
            self._check_cut()
        if self.cover.takes_whole_frames and self.run.self_check:
            raise ValueError(
                "the operator learned leaves people to be found, so a self-check says nothing: "
                "leave it out"
            )
        return self

    def _check_cut(self) -> None:
        """Make sure that parts can be joined, and that nothing is asked of the whole video."""
        cover, run = self.cover, self.run
        if not (run.resume or run.shard):
            raise ValueError("cut makes parts for shards, or to go on with: add shard or resume")
        whole = {
            "from and to": run.stretch,
            "edits": run.edits,
            "treat": run.treat,
            "detections": self.find.detections,
            "keep": cover.keep,
            "only": cover.only,
            "cover_time": cover.cover_time,
            "leave_time": cover.leave_time,
        }
        asked = [name for name, value in whole.items() if value]
        if asked:
            raise ValueError(f"{asked[0]} takes a video as a whole: leave it out, or cut")

    @classmethod
    def of(cls, **options: Any) -> Self:  # noqa: ANN401  (each field checks its own)
        """Settings from options without their groups, as on the command line.

        Raises:
            ConfigError: If an option is unknown or its value does not fit.

        Example:
            >>> Settings.of(operator="median", every=3).find.every
            3
        """
        group_of = {
            one.alias or option: group
            for group, field in cls.model_fields.items()
            if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
            for option, one in field.annotation.model_fields.items()
        }
        values: dict[str, dict[str, Any]] = {}
        for option, value in options.items():
            if option not in group_of:
                close = get_close_matches(option, group_of, n=1)
                hint = (
                    f"did you mean {close[0]}?" if close else f"choose from {', '.join(group_of)}"
                )
                raise ConfigError(f"unknown option {option!r}: {hint}")
            values.setdefault(group_of[option], {})[option] = value
        return validated(cls, values, "settings")
