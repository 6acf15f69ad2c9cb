"""The tables of De Coninck et al. hold all claims, and name what they need."""

import pytest

from passerby.anonymization import PRESETS
from passerby.reproduce import EXPERIMENTS
from passerby.reproduce.claims import claims
from passerby.reproduce.obfuscator.detectors import PAPER_DETECTORS, STAND_INS
from passerby.reproduce.obfuscator.methods import BASELINES
from passerby.reproduce.obfuscator.obfuscation import OBFUSCATION

NAMES = [name for name in EXPERIMENTS if name.startswith("de-coninck")]


def test_every_claim_is_shown_but_strengths_and_ratios() -> None:
    shown = [
        value
        for name in NAMES
        for line in EXPERIMENTS[name].lines
        for value in line.published.values()
    ]
    printed = [
        claim.value
        for claim in claims("de-coninck")
        if claim.column != "strength" and "relative" not in claim.column
    ]
    assert sorted(shown) == sorted(printed)


@pytest.mark.parametrize(
    ("name", "lines", "trainings"),
    [("table1", 6, 2), ("table2", 20, 4), ("table3", 6, 1), ("table4", 3, 0), ("figure2", 5, 5)],
)
def test_what_is_common_is_trained_once(name: str, lines: int, trainings: int) -> None:
    table = EXPERIMENTS[f"de-coninck-{name}"]
    assert (len(table.lines), len(table.trainings)) == (lines, trainings)


def test_roles_and_methods_are_known() -> None:
    assert set(STAND_INS) < set(PAPER_DETECTORS)
    for name in NAMES:
        table = EXPERIMENTS[name]
        if table.study is not OBFUSCATION:
            continue
        for line in table.lines:
            assert line.case.judge in PAPER_DETECTORS
            if line.case.network is None:
                assert line.case.method in {*PRESETS, *BASELINES}
            else:
                assert (line.case.method, line.case.detector in PAPER_DETECTORS) == (
                    "de-coninck",
                    True,
                )


def test_effects_of_table_1_are_those_the_text_speaks_of() -> None:
    table = EXPERIMENTS["de-coninck-table1"]
    found = {
        (change.after.row, change.after.setting): (
            change.what,
            change.after.published["AP50"] - change.before.published["AP50"],
        )
        for change in table.changes
    }
    assert found == {
        ("STC 1-8 (train)", "tested on STC 9-13 (all)"): ("other cameras", -1),
        ("STC 1-8 (train)", "tested on Avenues (test)"): ("other place", -41),
        ("Avenues (train)", "tested on STC 1-8 (test)"): ("other place", -57),
        ("Avenues (train)", "tested on STC 9-13 (all)"): ("other place", -52),
    }


def test_clips_are_those_of_training_and_test() -> None:
    assert EXPERIMENTS["de-coninck-table2"].datasets == ("avenue-train", "avenue-test")
    assert set(EXPERIMENTS["de-coninck-table1"].datasets) == {
        "stc-1-8-train",
        "stc-1-8-test",
        "stc-9-13",
        "avenue-train",
        "avenue-test",
    }
    assert EXPERIMENTS["de-coninck-table4"].datasets == ()
