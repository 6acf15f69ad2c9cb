"""Light conditions and the shading of surfaces."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.registry import Registry
from passerby.synth.camera import Array

__all__ = ["LIGHTS", "Light"]


@dataclass(frozen=True, eq=False)
class Light:
    """One strong light far away, and the glow of everything else.

    Attributes:
        direction: Shape (3,), from the world towards the light; normalised when used.
        strength: Of the strong light.
        glow_above, glow_below: Of surfaces that face up and down.
        shadow: How dark the ground is in the shadow, 0-1.
        softness: Width of a shadow's rim in metres.
        colour: Shape (3,), BGR, of the picture as a whole.
        sky: Shape (3,), BGR, 0-1.
    """

    direction: tuple[float, float, float]
    strength: float
    glow_above: float
    glow_below: float
    shadow: float
    softness: float
    colour: tuple[float, float, float]
    sky: tuple[float, float, float]

    @property
    def towards(self) -> Array:
        """Unit vector to the strong light, shape (3,)."""
        direction = np.array(self.direction)
        towards: Array = direction / np.linalg.norm(direction)
        return towards

    def shade(self, colours: npt.NDArray[np.floating], normals: Array) -> Array:
        """Return the colours of surfaces in this light.

        Args:
            colours: Shape (..., 3), BGR, 0-1 as displayed under full light.
            normals: Shape (..., 3), of length 1, away from the surface.

        Returns:
            Shape (..., 3), 0-1.
        """
        lit = np.clip(normals @ self.towards, 0, None) * self.strength
        up = 0.5 + 0.5 * normals[..., 2]
        glow = self.glow_below + (self.glow_above - self.glow_below) * up
        # Colours are stored as displayed; light adds up before the display's gamma of 2.2.
        brightness = (lit + glow) ** (1 / 2.2)
        shaded: Array = np.clip(colours * brightness[..., None] * self.colour, 0, 1)
        return shaded


LIGHTS: Registry[Light] = Registry("light")

LIGHTS.add(
    "sunny",
    Light((0.5, -0.6, 0.9), 0.85, 0.5, 0.22, 0.55, 0.05, (0.97, 1.0, 1.03), (0.92, 0.78, 0.62)),
)
LIGHTS.add(
    "low-sun",
    Light((0.8, 0.5, 0.5), 0.85, 0.4, 0.2, 0.5, 0.07, (0.84, 0.97, 1.08), (0.85, 0.8, 0.78)),
)
LIGHTS.add(
    "overcast",
    Light((0.1, 0.2, 1.0), 0.25, 0.7, 0.3, 0.32, 0.4, (1.02, 1.0, 0.97), (0.86, 0.84, 0.82)),
)
LIGHTS.add(
    "indoor",
    Light((0.15, -0.1, 1.0), 0.4, 0.55, 0.32, 0.35, 0.25, (0.9, 0.98, 1.04), (0.7, 0.74, 0.76)),
)
LIGHTS.add(
    "fluorescent",
    Light((-0.2, 0.2, 1.0), 0.35, 0.6, 0.36, 0.3, 0.3, (1.0, 1.03, 0.95), (0.75, 0.75, 0.73)),
)
LIGHTS.add(
    "dusk",
    Light((-0.6, 0.4, 0.6), 0.12, 0.26, 0.12, 0.3, 0.3, (1.1, 0.97, 0.9), (0.5, 0.4, 0.36)),
)
LIGHTS.add(
    "night",
    Light((0.3, 0.3, 1.0), 0.22, 0.07, 0.05, 0.45, 0.15, (0.7, 0.95, 1.1), (0.1, 0.07, 0.06)),
)
