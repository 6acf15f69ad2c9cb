"""The gate from raw to safe: the one place that makes an `AnonymizedFrame`."""

import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.anonymization.operators import OPERATORS, Operator
from passerby.anonymization.patches import Patch, mean_colour
from passerby.anonymization.presets import PRESETS
from passerby.anonymization.regions import REGIONS, Region
from passerby.anonymization.strength import Strength
from passerby.anonymization.zones import TimeRange, Zone, zone_patches
from passerby.detections import Detections, Kind
from passerby.errors import ConfigError, PrivacyError
from passerby.opacity import erased
from passerby.types import AnonymizedFrame, Frame, Image, seal

__all__ = ["Anonymizer"]

_DEFAULT_REGIONS = ("heads",)
_DEFAULT_OPERATOR = "blackout"

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Anonymizer:
    """Covers the pixels of frames, and covers the whole frame when anything is in doubt.

    Attributes:
        regions: Names from `REGIONS`; their pixels are united.
        operator: A name from `OPERATORS`.
        strength: Of the operator; None for its default.
        preset: A name from `PRESETS`, in place of regions, operator and strength.
        zones: Polygons to cover or to leave.
        cover_times: When to cover the whole frame. A frame without a time is then covered too.
        leave_times: When to cover nothing but the zones to cover. ``cover_times`` wins.
        seed: Makes noise repeatable, and takes it away for whoever knows the seed. By default
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
        if not self.regions:
            raise ConfigError(f"no region is given: choose from {', '.join(REGIONS)}")
        if self.seed is not None and self.seed < 0:
            raise ConfigError(f"a seed must be 0 or more, not {self.seed}")
        _, operator, strength = self._recipe()
        try:
            operator.check(strength)
        except ConfigError as error:
            raise ConfigError(f"operator {self.operator!r}: {error}") from None

    @property
    def kinds(self) -> frozenset[Kind]:
        """What detectors must find for the regions; empty if none is needed."""
        regions, _, _ = self._recipe()
        return frozenset().union(*(region.kinds for region in regions))

    def __call__(self, frame: Frame, detections: Detections) -> AnonymizedFrame:
        """Cover what is to be covered in ``frame``; it and its arrays stay as they are.

        Args:
            frame: The raw frame.
            detections: What was found in it.

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
            covered = self._covered(erased(image, frame.alpha), patches, frame.index)
            return seal(frame, covered, alpha=_opaque(frame.alpha, patches))
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
        found = [patch for region in regions for patch in region(detections, width, height)]
        return zone_patches(self.zones, found, width, height)

    def cover(self, frame: Frame) -> AnonymizedFrame:
        """The frame wholly black and opaque, for when anything is in doubt."""
        return _blackened(frame, in_doubt=True)

    def _recipe(self) -> tuple[tuple[Region, ...], Operator, Strength | None]:
        if self.preset is not None:
            preset = PRESETS[self.preset]
            return (preset.region,), preset.operator, preset.strength
        regions = tuple(REGIONS[name] for name in self.regions)
        return regions, OPERATORS[self.operator], self.strength

    def _covered(self, image: Image, patches: list[Patch], index: int) -> Image:
        """A copy of ``image`` in which all patches are covered.

        The operator sees the picture as covered so far: where patches overlap, the pixels are
        covered at least as well as by either.
        """
        _, operator, strength = self._recipe()
        output = image.copy()
        seen = _blanked(image, patches) if operator.looks_around else output.view()
        seen.flags.writeable = False
        for number, patch in enumerate(patches):
            _write(output, patch, operator(seen, patch, strength, self._seed(index, number)))
        return output

    def _seed(self, index: int, number: int) -> int:
        """A seed for one patch of one frame: noise that repeats could be subtracted."""
        if self.seed is None:
            return secrets.randbits(128)
        state = np.random.SeedSequence((self.seed, index, number)).generate_state(4)
        return int.from_bytes(state.tobytes(), "little")


def _within(time: float | None, ranges: Iterable[TimeRange]) -> bool:
    return time is not None and any(time in one for one in ranges)


def _blackened(frame: Frame, *, in_doubt: bool) -> AnonymizedFrame:
    return seal(frame, np.zeros_like(frame.image), covered_in_full=in_doubt)


def _write(output: Image, patch: Patch, pixels: Image) -> None:
    """Put the new pixels of ``patch`` into ``output``."""
    if pixels.shape != (patch.height, patch.width, 3) or pixels.dtype != np.uint8:
        raise PrivacyError(f"an operator returned {pixels.dtype} {pixels.shape} for {patch.box}")
    mask = True if patch.mask is None else patch.mask[:, :, None]
    np.copyto(output[patch.area], pixels, where=mask)


def _blanked(image: Image, patches: list[Patch]) -> Image:
    """A copy of ``image`` in which each patch has its mean colour, so that none is raw."""
    output = image.copy()
    for patch in patches:
        colour = np.broadcast_to(mean_colour(image, patch), (patch.height, patch.width, 3))
        _write(output, patch, colour)
    return output


def _opaque(
    alpha: npt.NDArray[np.uint8] | None, patches: list[Patch]
) -> npt.NDArray[np.uint8] | None:
    """A copy of ``alpha`` that is opaque inside the patches: an outline can identify too."""
    if alpha is None:
        return None
    output = alpha.copy()
    for patch in patches:
        output[patch.area][... if patch.mask is None else patch.mask] = 255
    output.flags.writeable = False
    return output
