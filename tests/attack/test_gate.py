from dataclasses import replace

import numpy as np
import pytest

from passerby.attack import gate
from passerby.attack.attack import ATTACKS, Attack, Fitted
from passerby.attack.case import case_of, split_people
from passerby.attack.controls import CONTROLS
from passerby.attack.gate import Gate, pass_gate

QUICK = ("inversion", "fixed-permutation", "black", "boxes-of-others")


@pytest.fixture
def few_controls(only):
    only(controls=QUICK)


@pytest.fixture
def one_attack(monkeypatch):
    """Replaces the panel by a single attack."""

    def put(attack):
        monkeypatch.setattr(ATTACKS, "_entries", {"only": attack})

    return put


@pytest.fixture
def few_attacks(only):
    only(attacks=("colour-map", "label-regression", "permutation"), controls=QUICK)


def test_the_panel_passes(few_attacks, split, colours):
    steps = []
    found = pass_gate(split, colours, progress=lambda: steps.append(1))
    assert found.passed, found
    assert [one.name for one in found.controls] == list(QUICK)
    assert len(steps) == len(QUICK)
    broken = [one for one in found.controls if one.hides == "nothing"]
    assert all(one.decisive.leak >= 0.9 for one in broken)


def test_attackers_without_teeth_do_not_pass(few_controls, one_attack, split, colours):
    one_attack(ATTACKS["naive-recognition"])
    found = pass_gate(split, colours)
    assert not found.passed
    reasons = {one.name: one.reason for one in found.controls}
    assert "was found again" in reasons["fixed-permutation"]
    assert reasons["black"] == ""


def test_attackers_who_peek_do_not_pass(few_controls, one_attack, split, colours):
    """An attack that knows who is shown by the place of a picture, as broken code does."""

    def fit(case):
        def named(pairs):
            return np.eye(40, dtype=np.float32)[pairs.clear.ids]

        known = {len(pairs.seen): named(pairs) for pairs in (case.validation, case.test)}
        return Fitted(lambda images: known[len(images)], lambda images: known[len(images)])

    one_attack(Attack(summary="", question="linking", fit=fit))
    found = {one.name: one for one in pass_gate(split, colours).controls}
    assert found["inversion"].passed
    assert "where chance is" in found["black"].reason


def test_attackers_who_count_on_the_order_do_not_pass(few_controls, one_attack, split, colours):
    """Each picture is a little nearer to the one before: a tie that is broken by places."""

    def fit(case):
        def places(images):
            number = np.arange(len(images), dtype=np.float32)
            return np.stack([np.cos(number / 400), np.sin(number / 400)], axis=1)

        return Fitted(places, places)

    one_attack(Attack(summary="", question="linking", fit=fit))
    found = {one.name: one for one in pass_gate(split, colours).controls}
    assert not found["black"].passed


def test_a_gate_without_controls_is_not_passed():
    assert not Gate(()).passed


def test_the_order_of_the_gallery_does_not_matter(few_attacks, colours, crowd):
    rng = np.random.default_rng(0)
    reached = []
    for order in (np.arange(120), np.arange(120)[::-1], rng.permutation(120)):
        people = crowd.take(order)
        case = case_of(split_people(people), CONTROLS["black"].anonymize, colours)
        found = gate._judged("black", CONTROLS["black"], case, "quick")
        assert found.passed
        reached.append(replace(found.decisive, name=""))
    assert len({round(one.success, 9) for one in reached}) == 1
