"""Who was learned from is found in a network that learned by heart, and nowhere else."""

import numpy as np
import pytest

from passerby.attack.membership import infer_membership, membership_record
from passerby.errors import InputError

MARKS = ("sure", "steady")


def found(members, others, **options):
    return {one.name: one for one in infer_membership(MARKS, members, others, **options)}


def drawn(count, seed, shift=0.0):
    return np.random.default_rng(seed).normal(shift, 1, (count, 2))


def test_chance_is_in_95_percent_of_intervals_where_nothing_tells_members():
    """Of 40 draws, 35 or more hold chance with a probability of .99 if 95 % of intervals do."""
    hits = dict.fromkeys(("sure", "learned", "calibrated"), 0)
    for seed in range(40):
        blind = drawn(60, 1000 + seed), drawn(60, 2000 + seed)
        results = found(drawn(60, 2 * seed), drawn(60, 2 * seed + 1), reference=blind, seed=seed)
        for name in hits:
            ends = results[name].auc.interval
            hits[name] += ends.low <= 0.5 <= ends.high
    assert all(one >= 35 for one in hits.values()), hits


def test_members_are_found_as_often_as_normal_scores_say():
    """Of two normal distributions one apart, the area is Phi(1 / sqrt 2) = .760."""
    members, others = drawn(2500, 0), drawn(2500, 1)
    members[:, 0] += 1
    results = found(members, others)
    assert results["sure"].auc.value == pytest.approx(0.760, abs=0.02)
    low, high = results["sure"].auc.interval.low, results["sure"].auc.interval.high
    assert low < 0.760 < high < low + 0.04
    assert results["learned"].auc.value == pytest.approx(0.760, abs=0.02)
    few, tenth = results["sure"].found
    assert few.share == pytest.approx(0.0924, abs=0.02)  # 1 - Phi(2.326 - 1)
    assert tenth.share == pytest.approx(0.389, abs=0.03)  # 1 - Phi(1.282 - 1)
    assert few.interval.low < few.share < few.interval.high


def test_what_is_easy_for_every_network_is_no_memory():
    """Members are easier pictures, for this network as for any other."""
    blind = drawn(1000, 0, shift=1.5), drawn(1000, 1)
    easy, hard = blind[0] + drawn(1000, 2), blind[1] + drawn(1000, 3)
    results = found(easy, hard, reference=blind)
    assert results["learned"].auc.interval.low > 0.75
    assert results["pictures alone"].auc.interval.low > 0.75
    assert results["calibrated"].auc.value < 0.56  # the rest is the error of what is subtracted


def test_memory_shows_where_pictures_differ_more_than_memory_does():
    hardness = drawn(300, 0) * 3, drawn(300, 1) * 3
    members = hardness[0] + drawn(300, 2) / 4 + 0.5
    others = hardness[1] + drawn(300, 3) / 4
    results = found(members, others, reference=hardness)
    assert results["sure"].auc.value < 0.6
    assert results["calibrated"].auc.interval.low > 0.95
    ends = results["pictures alone"].auc.interval
    assert ends.low <= 0.5 <= ends.high


def test_a_reference_of_another_kind_has_other_marks():
    results = found(drawn(40, 0), drawn(40, 1), reference=(np.ones((40, 3)), np.ones((40, 3))))
    assert results["pictures alone"].auc.value == 0.5
    assert results["calibrated"].auc.value == pytest.approx(results["learned"].auc.value)


def test_scores_that_are_all_the_same_tell_nothing():
    same = np.ones((40, 2))
    results = found(same, same)
    assert set(results) == {"learned"}
    assert results["learned"].auc.value == 0.5
    assert [one.share for one in results["learned"].found] == [0.0]  # at 10 %
    assert results["learned"].found[0].interval.high == pytest.approx(0.139, abs=0.001)  # of 20


def test_a_mark_that_means_nothing_for_some_counts_as_the_mean():
    members, others = drawn(40, 0), drawn(40, 1)
    members[::2, 0] = np.nan
    assert np.isfinite(found(members, others)["sure"].auc.value)
    members[:, 0] = others[:, 0] = np.nan
    assert "sure" not in found(members, others)


def test_the_record_is_plain():
    findings = infer_membership(MARKS, drawn(40, 0), drawn(40, 1))
    record = membership_record(findings, 40, 40, {"seed": 0})
    assert [one["name"] for one in record["attacks"]] == ["sure", "steady", "learned"]
    assert record["attacks"][0]["found"][0]["false_alarms"] == 0.1  # 40 others are too few for 1 %
    assert record["settings"] == {"seed": 0}


@pytest.mark.parametrize(
    ("members", "others", "reference", "reason"),
    [
        (drawn(19, 0), drawn(40, 1), None, "19 members and 40 others: give 20"),
        (drawn(40, 0)[:, :1], drawn(40, 1), None, "give \\(n, marks\\)"),
        (drawn(40, 0), drawn(40, 1), (drawn(39, 2), drawn(40, 3)), "of other pictures"),
    ],
)
def test_what_does_not_fit_is_refused(members, others, reference, reason):
    with pytest.raises(InputError, match=reason):
        infer_membership(MARKS, members, others, reference=reference)
