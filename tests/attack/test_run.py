import json

import numpy as np
import pytest
from tests.attack.conftest import Colours

from passerby.attack.attack import attacks_of
from passerby.attack.describing import CachedDescriber
from passerby.attack.run import (
    AttackPlan,
    attack_steps,
    baseline_steps,
    measured_baseline,
    run_attack,
    write_attack,
)
from passerby.errors import ConfigError, DetectionError, InputError

REGISTERED = {
    "quick": attacks_of("quick"),
    "network": attacks_of("quick", network=True),
    "standard": attacks_of("standard"),
    "network at standard": attacks_of("standard", network=True),
}
FEW = ("colour-map", "label-regression", "linkability", "missed-frames")


@pytest.fixture(autouse=True)
def quick(only):
    only(attacks=FEW, controls=("inversion", "black"))


def plan(crowd, anonymize=None, seen=None, **changed):
    return AttackPlan(
        title="one", source="synthetic", people=crowd, anonymize=anonymize, seen=seen, **changed
    )


def black(people, _number):
    return np.zeros_like(people.images)


def test_an_anonymizer_and_its_output_give_the_same_report(crowd, colours, tmp_path):
    records = []
    for number, one in enumerate((plan(crowd, black), plan(crowd, None, black(crowd, 0)))):
        (tmp_path / str(number)).mkdir()
        write_attack(run_attack(one, colours), tmp_path / str(number))
        records.append((tmp_path / str(number) / "report.json").read_text())
        assert "<html" in (tmp_path / str(number) / "report.html").read_text()
    assert records[0] == records[1]
    record = json.loads(records[0])
    assert {one["name"] for one in record["attacks"]} == set(FEW)
    assert set(record["sha256"]) == {"signature network", "clear crops"}


def test_progress_is_told_as_often_as_promised(crowd, colours):
    steps = []
    run_attack(plan(crowd, black), colours, lambda: steps.append(1))
    assert len(steps) == baseline_steps("quick") + attack_steps("quick")


def test_a_baseline_is_the_same_for_all_anonymizers_of_the_same_people(crowd, colours):
    one = plan(crowd, black)
    baseline, steps = measured_baseline(one, colours), []
    known = run_attack(one, colours, lambda: steps.append(1), baseline)
    assert len(steps) == attack_steps("quick")
    alone = run_attack(one, colours)
    assert known.gate == alone.gate
    assert known.floor == alone.floor
    assert known.attacks.findings == alone.attacks.findings


def test_an_anonymizer_that_fails_leaves_no_report(crowd, colours):
    def fails(people, number):
        if number == 2:  # half-way
            raise InputError("the anonymizer failed on crop 3 of 60")
        return black(people, number)

    steps = []
    with pytest.raises(InputError, match="crop 3"):
        run_attack(plan(crowd, fails), colours, lambda: steps.append(1))
    assert steps == []


def test_a_network_that_gives_no_numbers_leaves_no_report(crowd):
    class Broken(Colours):
        def describe(self, pictures):
            return super().describe(pictures) * np.nan

    with pytest.raises(DetectionError, match="NaN"):
        run_attack(plan(crowd, black), CachedDescriber(Broken(), threads=1))


def test_outputs_that_are_constant_tell_nothing(crowd, colours):
    report = run_attack(plan(crowd, black), colours)
    assert report.decisive.success == pytest.approx(report.decisive.chance, abs=0.01)
    assert report.collisions.same == report.collisions.compared


def test_a_plan_has_an_anonymizer_or_its_output(crowd):
    with pytest.raises(ConfigError, match="not both"):
        plan(crowd)
    with pytest.raises(ConfigError, match="not both"):
        plan(crowd, black, black(crowd, 0))


def test_outputs_of_another_size_are_refused(crowd, colours):
    with pytest.raises(InputError, match="of one size"):
        run_attack(plan(crowd, None, crowd.images[:, :64]), colours)


def test_a_network_is_attacked_by_a_network_at_any_tier():
    """Read before `only` takes attacks away: these are the registered ones."""
    assert "u-net-small" not in REGISTERED["quick"]
    assert set(REGISTERED["network"]) == {*REGISTERED["quick"], "u-net-small"}
    assert REGISTERED["standard"] == REGISTERED["network at standard"]
