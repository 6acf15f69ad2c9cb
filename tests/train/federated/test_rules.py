"""What must be the same on both sides, and how a difference is said."""

import json
from dataclasses import replace

import pytest

from passerby.errors import ConfigError
from passerby.train.federated.rules import FederationRules, disagreement, terms_of
from passerby.train.reid.recipes import recipe

RULES = FederationRules(rounds=3)
TERMS = ("bot", recipe("bot", "quick"), {"width": 0.5}, {"settings": {"preset": "black"}}, RULES)


def test_the_same_terms_agree_also_after_a_journey_as_json():
    own = terms_of(*TERMS)
    assert disagreement(own, json.loads(json.dumps(own))) == ""


@pytest.mark.parametrize(
    ("place", "other", "line"),
    [
        (0, "pcb", "model is 'pcb' there and 'bot' here"),
        (2, {"width": 0.25}, "options.width is 0.25 there and 0.5 here"),
        (3, {"settings": {"preset": "blur"}}, "anonymized_by.settings.preset is 'blur' there"),
        (3, None, "anonymized_by is None there"),
        (4, FederationRules(rounds=3, mu=0.1), "rules.mu is 0.1 there and 0.0 here"),
        (1, replace(recipe("bot", "quick"), epochs=9), "recipe.epochs is 9 there and 64 here"),
    ],
)
def test_the_first_difference_is_named(place, other, line):
    theirs = list(TERMS)
    theirs[place] = other
    assert disagreement(terms_of(*TERMS), terms_of(*theirs)).startswith(line)


def test_another_version_is_named_before_all_else():
    own = terms_of(*TERMS)
    theirs = {**own, "version": "0.0.9", "model": "pcb"}
    told = f"version is '0.0.9' there and {own['version']!r} here"
    assert disagreement(own, theirs) == told


def test_terms_that_are_not_known_here_are_named():
    own = terms_of(*TERMS)
    assert disagreement(own, {**own, "new": 1}) == "new is 1 there and None here"


@pytest.mark.parametrize(
    ("bad", "line"),
    [
        ({"rounds": 0}, "rounds is 0"),
        ({"rounds": 1, "local_epochs": 0}, "local epochs 0"),
        ({"rounds": 1, "mu": -1}, "mu is -1"),
        ({"rounds": 1, "noise": -1, "clip": 1}, "noise -1"),
        ({"rounds": 1, "clip": 0}, "longest update is 0"),
        ({"rounds": 1, "noise": 1.0}, "noise is 1.0 times the longest update: say which"),
    ],
)
def test_numbers_out_of_range_are_refused(bad, line):
    with pytest.raises(ConfigError, match=line):
        FederationRules(**bad)
