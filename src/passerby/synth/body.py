"""The surface of a person: a body, head and clothes laid around a resting skeleton."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.synth.camera import Array
from passerby.synth.clothes import clothes
from passerby.synth.gait import pose
from passerby.synth.head import head
from passerby.synth.identity import Identity
from passerby.synth.mesh import Mesh
from passerby.synth.place import Place
from passerby.synth.rig import Piece
from passerby.synth.sitting import OCCUPATIONS, sitting_pose
from passerby.synth.skeleton import bone_transforms

__all__ = ["Body"]

FOLDS = 6
"""Number of waves that the folds of cloth are made of."""

FOLD_DEPTH = 0.2
"""How much the waves together change the brightness of cloth."""


@dataclass(frozen=True, eq=False)
class Body:
    """A person's surface, ready to be posed.

    Attributes:
        identity: Whose it is.
        mesh: The surface at rest.
        bones: Shape (v, 2), the two bones that each vertex follows.
        weights: Shape (v,), the share of the first of them.
        is_head: Shape (v,), True for head, hair and hat.
    """

    identity: Identity
    mesh: Mesh
    bones: npt.NDArray[np.intp]
    weights: Array
    is_head: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, identity: Identity) -> "Body":
        """Build the body of ``identity``."""
        below, above = clothes(identity), head(identity)
        pieces = [*below, *above]
        mesh = Mesh.joined([piece.mesh for piece in pieces])
        return cls(
            identity,
            _folded(mesh, identity.folds),
            np.concatenate([piece.bones for piece in pieces]),
            np.concatenate([piece.weights for piece in pieces]),
            np.arange(len(mesh.vertices)) >= _vertices(below),
        )

    def posed(self, place: Place, time: float) -> Array:
        """Return the vertices, shape (v, 3), of the person as they walk, stand or sit.

        Linear blend skinning: a vertex is the weighted mean of where its two bones take it. The
        body is raised or lowered so that its lowest point is on the ground.

        Args:
            place: Says what they do; where it is does not matter.
            time: In seconds.
        """
        angles = self._angles(place, time)
        transforms = bone_transforms(self.identity.skeleton, angles)
        first, second = self.bones.T
        weights = self.weights[:, None, None]
        blended = weights * transforms[first] + (1 - weights) * transforms[second]
        rest = self.mesh.vertices[:, :, None]
        vertices: Array = (blended[:, :, :3] @ rest)[:, :, 0] + blended[:, :, 3]
        vertices[:, 2] -= vertices[:, 2].min()
        return vertices

    def _angles(self, place: Place, time: float) -> Array:
        if place.occupation:
            return sitting_pose(OCCUPATIONS[place.occupation], place.phase)
        return pose(self.identity.gait, place.phase % 1, place.speed, time)


def _vertices(pieces: Sequence[Piece]) -> int:
    return sum(len(piece.mesh.vertices) for piece in pieces)


def _folded(mesh: Mesh, seed: int) -> Mesh:
    """Vary the brightness of the surface smoothly, as folds and wear do."""
    rng = np.random.default_rng(seed)
    waves = rng.normal(0, (18, 18, 10), (FOLDS, 3)) * rng.uniform(0.5, 2, (FOLDS, 1))
    middles = mesh.vertices[mesh.quads].mean(axis=1)
    heights = np.sin(middles @ waves.T + rng.uniform(0, 2 * np.pi, FOLDS)).mean(axis=1)
    colours = np.clip(mesh.colours * (1 + FOLD_DEPTH * heights)[:, None], 0, 1)
    return Mesh(mesh.vertices, mesh.quads, colours, mesh.lift, mesh.parts)
