"""The gate from raw to safe: the one place that makes an `AnonymizedFrame`."""

import logging
import math
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import get_args

import numpy as np

from passerby.anonymization.covering import covered, opaque
from passerby.anonymization.extra_covers import ExtraCover, weakness_of_covers
from passerby.anonymization.operators import OPERATORS, Operator
from passerby.anonymization.operators.learned import (
    FrameNetwork,
    learned_operator,
    learned_weakness,
)
from passerby.anonymization.patches import Patch
from passerby.anonymization.presets import PRESETS
from passerby.anonymization.regions import REGIONS, Fitting, Region, Shape
from passerby.anonymization.strength import Strength
from passerby.anonymization.weakness import weakness
from passerby.anonymization.zones import Zone, zone_patches
from passerby.detections import Detections, Kind, Mask
from passerby.errors import ConfigError
from passerby.opacity import erased
from passerby.protection import BLACK, Protection, Search
from passerby.time_range import TimeRange
from passerby.types import AnonymizedFrame, Frame, seal

__all__ = ["Anonymizer"]

_DEFAULT_REGIONS = ("heads",)
_DEFAULT_OPERATOR = "blackout"
_WHOLE_FRAME = ("frame",)
LARGEST_MARGIN = 3.0
"""Of a head: the cover is then seven times as wide and high."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Anonymizer:
    """Covers the pixels of frames, and covers the whole frame when anything is in doubt.

    Attributes:
        regions: Names from `REGIONS`; their pixels are united.
        operator: A name from `OPERATORS`.
        strength: Of the operator; None for its default.
        preset: A name from `PRESETS`, in place of regions, operator and strength.
        network: Of the operator ``learned``, which covers the whole frame whatever the regions
            are by default. Without it every frame is black.
        shape: Of the covers of heads and faces: "ellipse" or "box".
        margin: What is added to each side of a head or face, as a share of its width or height.
        zones: Polygons to cover or to leave.
        cover_times: When to cover the whole frame. A frame without a time is then covered too.
        leave_times: When to cover nothing but the zones to cover. ``cover_times`` wins.
        seed: Makes noise repeatable, but also removable by anybody who knows the seed. By default
            every patch of every frame gets a seed of its own from the operating system.

    Raises:
        ConfigError: If a name is unknown or the values do not fit each other.

    Example:
        >>> frame = Frame(np.full((4, 4, 3), 255, np.uint8))
        >>> anonymize = Anonymizer(regions=("top",), operator="blackout")
        >>> anonymize(frame, Detections.none()).image[:, 0, 0]
        array([  0, 255, 255, 255], dtype=uint8)
    """

    regions: tuple[str, ...] = _DEFAULT_REGIONS
    operator: str = _DEFAULT_OPERATOR
    strength: Strength | None = None
    preset: str | None = None
    network: FrameNetwork | None = None
    shape: Shape = Fitting().shape
    margin: float = Fitting().margin
    zones: tuple[Zone, ...] = ()
    cover_times: tuple[TimeRange, ...] = ()
    leave_times: tuple[TimeRange, ...] = ()
    seed: int | None = None

    def __post_init__(self) -> None:
        chosen = (self.regions, self.operator, self.strength)
        if self.preset is not None and chosen != (_DEFAULT_REGIONS, _DEFAULT_OPERATOR, None):
            raise ConfigError(
                f"the preset {self.preset!r} fixes regions, operator and strength: "
                "give either it or them"
            )
        if self.shape not in get_args(Shape):
            raise ConfigError(f"shape must be {' or '.join(get_args(Shape))}, not {self.shape!r}")
        if not 0 <= self.margin <= LARGEST_MARGIN:
            raise ConfigError(f"margin must be 0 to {LARGEST_MARGIN}, not {self.margin}")
        if not self.regions:
            raise ConfigError(f"no region is given: choose from {', '.join(REGIONS)}")
        if self.seed is not None and self.seed < 0:
            raise ConfigError(f"a seed must be 0 or more, not {self.seed}")
        _, operator, strength = self._recipe()
        if self.network is not None and not operator.whole_frame:
            raise ConfigError(f"the operator {self.operator} takes no network: leave it out")
        if operator.whole_frame and self.regions not in (_DEFAULT_REGIONS, _WHOLE_FRAME):
            raise ConfigError(
                f"the operator {self.operator} covers whole frames: leave regions out, not "
                f"{', '.join(self.regions)}"
            )
        try:
            operator.check(strength)
        except ConfigError as error:
            raise ConfigError(f"operator {self.operator!r}: {error}") from None

    @property
    def kinds(self) -> frozenset[Kind]:
        """What detectors must find for the regions; empty if none is needed."""
        regions, _, _ = self._recipe()
        return frozenset().union(*(region.kinds for region in regions))

    @property
    def weakness(self) -> str | None:
        """What is weak about the regions, the preset, the operator or its strength, if anything."""
        if self._takes_whole_frames:
            return learned_weakness(self.network)
        if self.preset is None and set(self.regions) == {"objects"}:
            return "the region objects alone leaves people uncovered: add heads"
        return weakness(self.operator, self.strength, self.preset)

    def __call__(
        self,
        frame: Frame,
        detections: Detections,
        search: Search = "given",
        *,
        spared: bool = False,
        extra: Sequence[ExtraCover] = (),
    ) -> AnonymizedFrame:
        """Cover what is to be covered in ``frame``; it and its arrays stay as they are.

        Args:
            frame: The raw frame.
            detections: What was found in it.
            search: How it was found.
            spared: Whether somebody was left out of it by choice.
            extra: What else is covered, whatever zones and times are left.

        Returns:
            The frame with its patches covered and all other pixels identical, but black where
            nobody sees them (alpha 0); or wholly black with ``covered_in_full`` set if detection
            or the covering itself failed.

        Raises:
            InputError: If the pixels of the frame cannot be decoded at all.
        """
        if detections.failure is not None or (self.cover_times and frame.time is None):
            return self.cover(frame)
        if _within(frame.time, self.cover_times):
            return _blackened(frame, in_doubt=False)
        image = frame.image
        height, width = image.shape[:2]
        try:
            patches = self.patches(detections, width, height, frame.time)
            _, operator, strength = self._recipe()
            seed = partial(self._seed, frame.index)
            output = covered(erased(image, frame.alpha), patches, operator, strength, seed)
            for one in extra:
                output = covered(output, list(one.patches), *self._of_extra(one), seed)
            patches += [patch for one in extra for patch in one.patches]
            protection = self.protection(search, frame.time, spared=spared)
            weak = protection.weakness or weakness_of_covers(extra)
            return seal(
                frame,
                output,
                replace(protection, weakness=weak),
                alpha=None if frame.alpha is None else opaque(frame.alpha, patches),
            )
        except Exception as error:  # noqa: BLE001 (whatever it is, nothing raw may leave)
            _logger.warning("frame %d is covered in full: %r", frame.index, error)
            return self.cover(frame)

    def patches(
        self, detections: Detections, width: int, height: int, time: float | None = None
    ) -> list[Patch]:
        """What is covered for ``detections`` in a frame of this size, at ``time`` in seconds."""
        if _within(time, self.leave_times):
            return zone_patches(self.zones, [], width, height)
        regions, _, _ = self._recipe()
        fitting = Fitting(self.shape, self.margin)
        found = [
            patch for region in regions for patch in region(detections, width, height, fitting)
        ]
        patches = zone_patches(self.zones, found, width, height)
        return _joined(patches, width, height) if self._takes_whole_frames else patches

    def left(self, width: int, height: int, time: float | None = None) -> Mask:
        """The pixels of a frame that the user chose to leave uncovered; shape (height, width)."""
        chosen = np.full((height, width), _within(time, self.leave_times), np.bool_)
        for zone in self.zones:
            if zone.action == "leave":
                chosen |= zone.mask(width, height)
        for zone in self.zones:
            if zone.action == "cover":
                chosen &= ~zone.mask(width, height)
        return chosen

    def protection(
        self, search: Search, time: float | None = None, *, spared: bool = False
    ) -> Protection:
        """What is done to a frame at ``time``, in seconds, or at any if None; see `__call__`."""
        if not self.kinds:
            search = "not needed"
        return Protection(
            regions=self._region_names,
            operator=None if self.preset else self.operator,
            strength=None if self.strength is None else str(self.strength),
            preset=self.preset,
            search=search,
            weakness=self.weakness or self._gap(search, time, spared=spared),
        )

    def _gap(self, search: Search, time: float | None, *, spared: bool) -> str | None:
        """Why people may be uncovered, however strong the operator is."""
        if self.leave_times and (time is None or _within(time, self.leave_times)):
            return "at some times people are left uncovered by choice"
        if any(zone.action == "leave" for zone in self.zones):
            return "a zone is left uncovered by choice"
        if search == "given":
            return "the detections were given, and people were not looked for"
        return "somebody is left uncovered by choice" if spared else None

    def cover(self, frame: Frame, *, in_doubt: bool = True) -> AnonymizedFrame:
        """The frame wholly black and opaque, for when anything is in doubt, or by choice."""
        return _blackened(frame, in_doubt=in_doubt)

    def _recipe(self) -> tuple[tuple[Region, ...], Operator, Strength | None]:
        if self.preset is not None:
            preset = PRESETS[self.preset]
            return (preset.region,), preset.operator, preset.strength
        operator = OPERATORS[self.operator]
        if self.network is not None and operator.whole_frame:
            operator = learned_operator(self.network)
        return tuple(REGIONS[name] for name in self._region_names), operator, self.strength

    def _of_extra(self, one: ExtraCover) -> tuple[Operator, Strength | None]:
        """The operator of an extra cover, and its strength."""
        if one.operator is not None:
            return OPERATORS[one.operator], one.strength
        _, operator, strength = self._recipe()
        return (OPERATORS["blackout"], None) if operator.whole_frame else (operator, strength)

    @property
    def _takes_whole_frames(self) -> bool:
        return self.preset is None and OPERATORS[self.operator].whole_frame

    @property
    def _region_names(self) -> tuple[str, ...]:
        """What is covered; none of a preset."""
        if self.preset is not None:
            return ()
        return _WHOLE_FRAME if self._takes_whole_frames else self.regions

    def _seed(self, index: int, number: int) -> int:
        """A seed for one patch of one frame: noise that repeats could be subtracted."""
        if self.seed is None:
            return secrets.randbits(128)
        state = np.random.SeedSequence((self.seed, index, number)).generate_state(4)
        return int.from_bytes(state.tobytes(), "little")


def _within(time: float | None, ranges: Iterable[TimeRange]) -> bool:
    return time is not None and any(time in one for one in ranges)


def _joined(patches: list[Patch], width: int, height: int) -> list[Patch]:
    """One patch of all pixels of these: a network need not see a frame twice."""
    mask = np.zeros((height, width), np.bool_)
    for patch in patches:
        mask[patch.area] |= True if patch.mask is None else patch.mask
    if not mask.any():
        return []
    return [Patch((0, 0, width, height), None if mask.all() else mask)]


def _blackened(frame: Frame, *, in_doubt: bool) -> AnonymizedFrame:
    shape = frame.image.shape
    black = np.frombuffer(bytes(math.prod(shape)), np.uint8).reshape(shape)
    return seal(frame, black, BLACK, covered_in_full=in_doubt)
