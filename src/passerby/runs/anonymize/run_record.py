"""What a run records about its frames, and how it checks a finished output."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np

from passerby.detection.combined import detectors_for, finds_heads
from passerby.detection.formats.entry import BoxSource
from passerby.detection.saving import check_can_hold, save_detections
from passerby.detections import Detections, Kind
from passerby.errors import ConfigError
from passerby.files.partial import Permit
from passerby.locations import Location
from passerby.media import Input, Medium
from passerby.pipeline.settings import Settings
from passerby.pipeline.stages import FrameResult, KeptFrame
from passerby.runs.anonymize.chosen_times import ChosenTimes
from passerby.runs.anonymize.chosen_zones import ChosenZones
from passerby.runs.anonymize.frame_log import FrameLog
from passerby.runs.anonymize.item_report import ItemReport
from passerby.runs.anonymize.self_check import SelfCheck, self_check
from passerby.runtime.addresses import public_name
from passerby.sources import open_source
from passerby.types import Detector

__all__ = ["Records", "checker", "checker_finds_heads", "name_in_files"]

BARE_OBJECTS = (
    "the file of detections lists objects, which stay uncovered: add --regions heads,objects, or "
    "take them out of the file"
)

CHECKED = frozenset({Kind.PERSON, Kind.HEAD, Kind.FACE})
"""What the self-check looks for."""


class Records:
    """Records about each frame what the options ask for, one input after the other.

    Args:
        settings: Of the run.
        muted: When the sound is silent.

    Attributes:
        log: The boxes of all frames, if anything asks for them.

    Raises:
        ModelError: If a detector of the self-check is missing.
        OutputError: If detections are to be saved where there can be no folder.
    """

    def __init__(self, settings: Settings, muted: tuple[str, ...] = ()) -> None:
        run = settings.run
        self._settings, self._muted = settings, muted
        self._checker = checker(settings) if run.self_check else None
        self.log = FrameLog() if run.report or run.self_check else None
        self._sighted: dict[int, Detections] = {}
        self._permit = Permit(run.overwrite)
        if run.save_detections is not None:
            self._permit = self._permit.beside(Path(run.save_detections))
        self._start = 0
        self._times = ChosenTimes(settings.cover, muted)
        self._zones: ChosenZones | None = None
        self._covers_objects = Kind.OBJECT in settings.cover.anonymizer().kinds
        self._bare_objects = False

    def close(self) -> None:
        """Forget everything."""
        if self.log is not None:
            self.log.close()

    def begin(self, medium: Medium) -> None:
        """Get ready for the frames of an input.

        Raises:
            ConfigError: If what is found in it could not be saved.
        """
        target = self._settings.run.save_detections
        if target is not None:
            check_can_hold(Path(target), still=medium.kind == "image")
        self._start = self.log.position if self.log is not None else 0
        self._bare_objects = False
        self._times = ChosenTimes(self._settings.cover, self._muted)
        self._zones = ChosenZones(self._settings.cover, medium.width, medium.height)

    def add(self, frame: FrameResult | KeptFrame) -> None:
        """Remember one frame."""
        self._times.add(frame.time)
        if not self._covers_objects:
            self._bare_objects |= bool((frame.detections.kinds == Kind.OBJECT).any())
        if self.log is not None:
            self.log.add(frame)
        if self._settings.run.save_detections is not None:
            self._sighted[frame.index] = _covered_sightings(frame)

    def end(self, item: ItemReport) -> None:
        """Note where the frames of an input lie, and which times and zones it does not have."""
        zones = () if self._zones is None else self._zones.unmet
        item.unmet = (*self._times.unmet, *zones)
        item.bare_objects = self._bare_objects
        if self.log is not None:
            item.span = self._start, self.log.position

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know of the input whose frames were added last."""
        zones = () if self._zones is None else self._zones.notes
        return (*self._times.notes(), *zones, *((BARE_OBJECTS,) if self._bare_objects else ()))

    def look_back(self, one: Input, target: Location | str, item: ItemReport) -> None:
        """Save detections and run the self-check, if they are asked for.

        Args:
            one: The input.
            target: Its finished output.
            item: Takes the results.

        Raises:
            InputError: If the output cannot be read any more.
            OutputError: If detections cannot be saved.
        """
        run = self._settings.run
        if run.save_detections is not None and item.medium is not None:
            medium = item.medium
            picture = name_in_files(one) if medium.kind == "image" else None
            size = medium.width, medium.height
            origin = None
            if item.source_sha256 is not None:
                origin = BoxSource(item.source_sha256, item.tally.frames)
            save_detections(
                run.save_detections, self._sighted, *size, picture, self._permit, origin
            )
        if self._checker is not None and self.log is not None and isinstance(target, Location):
            item.self_check = self._self_check(self._checker, self.log, target, item)

    def _self_check(
        self, checker: Detector, log: FrameLog, target: Location, item: ItemReport
    ) -> SelfCheck:
        with closing(open_source(target)) as output:
            return self_check(
                output,
                log.records(item.span),
                self._settings.cover.anonymizer(),
                checker,
                self._settings.cover.selection,
                frames=item.tally.frames,
                finds_heads=checker_finds_heads(self._settings),
                plan=item.plan,
                before=item.earlier_check,
            )


def _covered_sightings(frame: FrameResult | KeptFrame) -> Detections:
    """What was detected in a frame, without the tracks that nothing confirmed."""
    found = frame.sighted
    return found[(found.tracks < 0) | np.isin(found.tracks, frame.detections.tracks)]


def name_in_files(one: Input) -> str:
    """The name of a picture in a file of detections."""
    return str(one.relative or public_name(one))


def checker(settings: Settings) -> Detector:
    """The detector of the self-check; people below the user's threshold are not looked for."""
    find, classes = settings.find, settings.cover.classes
    checked = _checked(settings.cover.anonymizer().kinds, named=bool(classes))
    again = replace(find.detection(checked, classes), person_threshold=find.threshold)
    return detectors_for(checked, again)


def checker_finds_heads(settings: Settings) -> bool:
    """Tell whether the detector of the self-check finds heads."""
    classes = settings.cover.classes
    checked = _checked(settings.cover.anonymizer().kinds, named=bool(classes))
    return Kind.HEAD in checked and finds_heads(settings.find.detection(checked, classes))


def _checked(covered: frozenset[Kind], *, named: bool) -> frozenset[Kind]:
    """What is looked for: people as far as they are covered, and classes that the user names."""
    objects, people = covered & {Kind.OBJECT}, covered - {Kind.OBJECT}
    if objects and not named:
        raise ConfigError(
            "the self-check cannot look for objects whose boxes come from a file: leave it out"
        )
    if objects and not people:
        return objects
    # If only faces are covered, heads say nothing: then faces must be looked for.
    return objects | (CHECKED - {Kind.HEAD} if people == {Kind.FACE} else CHECKED)
