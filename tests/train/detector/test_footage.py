"""Which clips may be learned from."""

from pathlib import Path

import pytest

from passerby.train.detector.footage import FOOTAGE

MEASURED = "pets09-s2l1", "caviar-stop-front"
"""Clips on which coverage is measured."""


def test_clips_that_measure_are_not_learned_from():
    assert not {Path(clip.file).stem for clip in FOOTAGE} & set(MEASURED)


def test_every_clip_says_where_it_is_from():
    assert all(clip.licence and clip.source for clip in FOOTAGE)
    assert all("research" not in clip.licence for clip in FOOTAGE)
    assert all(clip.every >= 1 and clip.kept >= 1 for clip in FOOTAGE)
    assert len({clip.file for clip in FOOTAGE}) == len(FOOTAGE)


@pytest.mark.shared
def test_they_lie_beside_the_repository(shared):
    assert [clip.file for clip in FOOTAGE if not (shared / "data" / clip.file).is_file()] == []
