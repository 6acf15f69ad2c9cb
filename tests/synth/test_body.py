import numpy as np
import pytest

from passerby.synth.body import Body
from passerby.synth.identity import Identity
from passerby.synth.place import Place
from passerby.synth.sitting import OCCUPATIONS
from passerby.synth.skeleton import Bone


def at(phase, speed=0.0, occupation=""):
    return Place(0, (0.0, 0.0), 0.0, speed, phase, occupation)


BODIES = [Body.of(Identity.random(number)) for number in range(1, 25)]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: f"person {body.identity.number}")
def test_a_body_stands_on_the_ground_and_is_as_tall_as_its_identity(body):
    vertices = body.posed(at(0.0), 0.0)
    stature = body.identity.stature
    assert vertices[:, 2].min() == pytest.approx(0)
    assert 0.98 * stature < vertices[:, 2].max() < 1.06 * stature


@pytest.mark.parametrize("phase", [0.1, 0.35, 0.6, 0.9])
def test_the_head_is_on_top_whatever_the_body_does(phase):
    for body in BODIES:
        vertices = body.posed(at(phase, 1.3), 2.0)
        head = vertices[body.is_head]
        assert head[:, 2].max() == pytest.approx(vertices[:, 2].max())
        assert 0.1 < np.ptp(head[:, 1]) < 0.5
        assert 0.2 < np.ptp(head[:, 2]) < 0.55


def test_hair_and_hats_belong_to_the_head():
    hatted = next(body for body in BODIES if body.identity.hat == "cap")
    top = hatted.mesh.vertices[:, 2].argmax()
    assert hatted.is_head[top]
    assert hatted.mesh.vertices[top, 2] > hatted.identity.stature


def test_limbs_keep_their_length():
    body = BODIES[0]
    first, second = body.bones.T
    shin = np.where(body.weights == 1, first, np.where(body.weights == 0, second, -1)) == (
        Bone.LEFT_SHIN
    )
    assert shin.sum() > 20
    rest = body.mesh.vertices[shin]
    for phase in (0.0, 0.4, 0.7):
        posed = body.posed(at(phase, 1.3), 0.0)[shin]
        expected = np.linalg.norm(rest - rest[0], axis=1)
        np.testing.assert_allclose(np.linalg.norm(posed - posed[0], axis=1), expected, atol=1e-9)


def test_weights_are_shares():
    for body in BODIES:
        assert ((body.weights >= 0) & (body.weights <= 1)).all()
        assert body.bones.shape == (len(body.mesh.vertices), 2)


def test_walking_goes_around_in_one_cycle():
    body = BODIES[3]
    np.testing.assert_allclose(
        body.posed(at(0.25, 1.2), 0.0), body.posed(at(7.25, 1.2), 0.0), atol=1e-9
    )
    assert np.abs(body.posed(at(0.25, 1.2), 0.0) - body.posed(at(0.75, 1.2), 0.0)).max() > 0.2


@pytest.mark.parametrize("occupation", OCCUPATIONS)
def test_who_sits_has_feet_on_the_ground_and_the_head_lower_than_who_stands(occupation):
    for body in BODIES[:6]:
        vertices = body.posed(at(0.3, occupation=occupation), 0.0)
        stature = body.identity.stature
        assert vertices[:, 2].min() == pytest.approx(0)
        assert 0.5 * stature < vertices[body.is_head, 2].max() < 0.85 * stature
