"""What an operator is, and the table of all of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from passerby.anonymization.patches import Patch
from passerby.anonymization.strength import Strength, Unit
from passerby.errors import ConfigError
from passerby.registry import Registry
from passerby.types import Image

__all__ = ["OPERATORS", "Operator"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Operator:
    """Something that can be done to a patch of pixels.

    Attributes:
        summary: What it does, in one line.
        apply: Takes the whole image (read-only), the patch, the strength or None for the default,
            and a seed for what is random; returns new pixels for the patch's box.
        default: The strength where none is given; None if the operator takes no strength.
        limits: The least and the greatest strength in each unit that the operator takes.
        strength_means: What the strength is, in words; empty if the operator takes none.
        hides: Whether its default strength takes away what makes a head recognisable to people.
        looks_around: Whether it reads the ring of pixels around the patch. It is then given an
            image in which all patches have been filled already, so that it reads nothing raw.
        whole_frame: Whether it takes whole frames alone, by a network that the anonymizer is given.
    """

    summary: str
    apply: Callable[[Image, Patch, Strength | None, int], Image]
    default: Strength | None = None
    limits: Mapping[Unit, tuple[float, float]] = field(default_factory=dict)
    strength_means: str = ""
    hides: bool = True
    looks_around: bool = False
    whole_frame: bool = False

    @property
    def units(self) -> frozenset[Unit]:
        """The units of strength that it takes."""
        return frozenset(self.limits)

    def __call__(self, image: Image, patch: Patch, strength: Strength | None, seed: int) -> Image:
        """Return new pixels for the patch's box, shape (height, width, 3); ``image`` stays.

        Raises:
            ConfigError: If the operator does not take this strength.
        """
        self.check(strength)
        return self.apply(image, patch, strength, seed)

    def check(self, strength: Strength | None) -> None:
        """Make sure that the operator takes this strength; None is its default.

        Raises:
            ConfigError: If it does not.
        """
        if strength is None:
            return
        if not self.limits:
            raise ConfigError(f"this operator takes no strength, not even {strength}: leave it out")
        least, greatest = self.limits.get(strength.unit, (1.0, 0.0))
        if not least <= strength.value <= greatest:
            ranges = " or ".join(
                f"{Strength(least, unit)} to {Strength(greatest, unit)}"
                for unit, (least, greatest) in self.limits.items()
            )
            raise ConfigError(f"this operator takes a strength of {ranges}, not {strength}")


OPERATORS: Registry[Operator] = Registry("operator")
