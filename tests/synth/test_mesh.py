import numpy as np
import pytest

from passerby.synth.mesh import Mesh, box, grid_colours, loft, patch

RINGS = [(0, 0, 0, 1, 1), (2, 0, 0, 1, 1)]
ROUND = loft(RINGS, count=6, sides=40)


def volume(mesh):
    """By the divergence theorem, from triangles; negative if the surface is inside out."""
    a, b, c, d = mesh.vertices[mesh.quads.T]
    triangles = ((a, b, c), (a, c, d))
    return sum((p * np.cross(q, r)).sum() for p, q, r in triangles) / 6


@pytest.mark.parametrize(
    ("mesh", "expected"),
    [
        (ROUND, 2 * np.pi),
        (box((1, 2, 3), (0.5, 0.5, 0.5)), 6.0),
        (box((1, 2, 3), (0.5, 0.5, 0.5)).moved((5, -4, 1), 0.7), 6.0),
        (loft([(0, 0, 0, 1, 2), (1, 0, 0, 1, 2)], sides=60, squareness=40), 8.0),
    ],
    ids=["cylinder", "box", "moved", "rounded box"],
)
def test_surfaces_are_closed_and_face_outwards(mesh, expected):
    assert volume(mesh) == pytest.approx(expected, rel=0.02)


def test_a_loft_passes_through_its_rings():
    rings = [(0, 0, 0, 1, 1), (1, 0.5, 0, 2, 3), (2, 0, 0, 1, 1)]
    mesh = loft(rings, count=5, sides=8)
    middle = mesh.vertices[np.isclose(mesh.vertices[:, 2], 1)]
    assert np.abs(middle[:, 0] - 0.5).max() == pytest.approx(2 * np.cos(np.pi / 8))
    assert np.abs(middle[:, 1]).max() == pytest.approx(3 * np.cos(np.pi / 8))


def test_a_hole_is_left_out():
    up, angle = grid_colours(6, 8)
    front = np.abs(angle) < 1
    whole, open_ = (loft(RINGS, count=6, sides=8, keep=keep) for keep in (None, ~front))
    assert len(whole.quads) - len(open_.quads) == front.sum()
    ahead = open_.vertices[open_.quads].mean(axis=1)
    assert not ((ahead[:, 0] > 0.7) & (np.abs(ahead[:, 1]) < 0.1)).any()
    assert up.shape == angle.shape == (7, 8)


def test_joined_meshes_keep_their_quads_and_parts_apart():
    parts = [box((1, 1, 1), (0, 0, 1)), patch((1, 0, 1), 0.1, 0.1, (1, 0, 0)), ROUND]
    mesh = Mesh.joined([Mesh.joined(parts[:2]), parts[2]])
    corners = [part.vertices[part.quads] for part in parts]
    np.testing.assert_array_equal(mesh.vertices[mesh.quads], np.concatenate(corners))
    assert mesh.parts.tolist() == [0] * 8 + [1] * 4 + [2] * len(ROUND.vertices)
    assert mesh.lift[6] > 0
    assert not mesh.as_one_part().parts.any()
