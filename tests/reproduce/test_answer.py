"""Answers from measurements: what is missing is named, what does not go together is refused."""

from dataclasses import replace

import pytest

from passerby.errors import InputError
from passerby.reproduce import EXPERIMENTS
from passerby.reproduce.answer import answer_of

TABLE = EXPERIMENTS["dietlmeier-t-tests"]
MARKET, DUKE = (
    next(line for line in TABLE.lines if line.row == f"BoT on {dataset}")
    for dataset in ("market1501", "duke")
)


def test_figures_are_means_over_seeds(measurement) -> None:
    measurements = [measurement(MARKET.case, 90, seed=0), measurement(MARKET.case, 93, seed=1)]
    answer = answer_of(TABLE, "quick", measurements)
    assert answer is not None
    (value,) = [one for one in answer.values if one.by_seed and one.figure == "mAP"]
    assert (value.line, value.published, value.ours) == (MARKET, 94.1, 91.5)
    assert value.difference == pytest.approx(-2.6)
    assert value.over_seeds is not None
    assert len(answer.values) == 2 * len(TABLE.lines)


def test_what_was_not_run_says_what_to_give(measurement) -> None:
    answer = answer_of(TABLE, "quick", [measurement(MARKET.case, 90)])
    assert answer is not None
    assert len(answer.missing) == len(TABLE.lines) - 1
    assert answer.missing["BoT on duke", "original/original"] == "not run: give --data duke=ROOT"
    again = answer.missing["PCB on market1501", "original/original"]
    assert again == 'not run: give --rows "PCB on market1501"'


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_rows_can_be_named_with_commas_between_them(name: str) -> None:
    assert not any("," in row for row in EXPERIMENTS[name].rows)
    assert {line.row for line in EXPERIMENTS[name].chosen(EXPERIMENTS[name].rows)} == set(
        EXPERIMENTS[name].rows
    )


def test_measurements_of_other_tables_and_scales_are_not_its_own(measurement) -> None:
    other = EXPERIMENTS["van-rooijen-table2"].lines[0].case
    small = replace(measurement(MARKET.case, 90), scale="paper")
    assert answer_of(TABLE, "quick", [measurement(other, 90), small]) is None
    assert answer_of(TABLE, "paper", [small]) is not None


@pytest.mark.parametrize(
    ("part", "change", "complaint"),
    [
        ("made_from", {"index": "other"}, "differ in their images of market1501"),
        ("made_from", {"images": "c"}, "differ in their test images of original market1501"),
        ("made_from", {"rules": {"k": 1}}, "in their rules of cosine-reranked market1501"),
        ("training", {"anonymized_by": "x"}, "in their training images of original market1501"),
        ("training", {"recipe": {"epochs": 2}}, "differ in their recipe of bot"),
        ("training", {"weights": {"kind": "file"}}, "differ in their first weights of bot"),
    ],
)
def test_measurements_that_do_not_go_together_are_refused(
    measurement, part: str, change, complaint: str
) -> None:
    first = measurement(MARKET.case, 90)
    second = measurement(MARKET.case, 91, seed=1)
    other = replace(second, **{part: {**getattr(second, part), **change}})
    with pytest.raises(InputError, match=complaint):
        answer_of(TABLE, "quick", [first, other])


def test_two_data_sets_go_together_in_one_table(measurement) -> None:
    duke = measurement(DUKE.case, 70)
    other = replace(duke, made_from={**duke.made_from, "index": "other"})
    assert answer_of(TABLE, "quick", [measurement(MARKET.case, 90), other]) is not None
