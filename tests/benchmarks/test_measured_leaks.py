import tomllib
from copy import deepcopy

import pytest

import measured_leaks

FOUND = {"measure": "rank-1", "population": 6, "chance": 0.1, "clear": 0.8}


def report(anonymizer="blackout", title="The operator blackout on heads", success=0.5):
    return {
        "anonymizer": title,
        "people": "People who do not exist",
        "gate": {"passed": True},
        "settings": {"seed": 3, "anonymizer": anonymizer},
        "strongest": {
            "identifying": {"name": "a", "direction": "anonymized to clear"},
            "linking": {"name": "b", "direction": "anonymized to anonymized"},
        },
        "attacks": [
            {
                **FOUND,
                "name": "a",
                "direction": "anonymized to clear",
                "success": success,
                "low": 0.4,
                "high": 0.6,
            },
            {
                **FOUND,
                "name": "b",
                "direction": "anonymized to anonymized",
                "success": 0.7,
                "low": 0.6,
                "high": 0.75,
                "clear": 0.9,
            },
        ],
    }


def test_comparisons_become_a_table():
    reports = [
        report(),
        report("pixelate:people,heads:24px", "The operator pixelate"),
        report("van-rooijen-black", "The preset van-rooijen-black"),
    ]
    table = tomllib.loads(measured_leaks.table_of(reports, "passerby compare", "abc1234"))
    assert table["card"] == {
        "command": "passerby compare",
        "seed": 3,
        "commit": "abc1234",
        "people": "6 people who do not exist",
        "clear": 0.9,
        "guessing": 0.1,
    }
    row = {"identifying": [0.5, 0.4, 0.6], "linking": [0.7, 0.6, 0.75]}
    assert table["leaks"] == {
        "blackout:heads": row,
        "pixelate:heads,people:24px": row,
        "van-rooijen-black": row,
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda one: one["gate"].update(passed=False), "gate"),
        (lambda one: one["settings"].update(seed=4), "different"),
        (lambda one: one.update(people="Others"), "different"),
    ],
)
def test_what_cannot_stand_in_one_table_is_refused(change, message):
    other = deepcopy(report())
    change(other)
    with pytest.raises(ValueError, match=message):
        measured_leaks.table_of([report(), other], "passerby compare", "abc1234")


def test_real_people_are_named_by_their_data_set():
    reports = [report() | {"people": "Crops of people in market1501-500"}]
    table = tomllib.loads(measured_leaks.table_of(reports, "passerby compare", "abc1234"))
    assert table["card"]["people"] == "6 people of market1501-500"
