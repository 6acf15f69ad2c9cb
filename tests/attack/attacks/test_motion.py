from dataclasses import replace

import numpy as np
import pytest

from passerby.attack.attack import ATTACKS, Champions, Fitted, Strongest
from passerby.attack.motion import TrackTrial, gap_events
from passerby.evaluate.tracking import Trajectories


def trial_of(case, seen_tells):
    """Everybody of a case walks along one line, so that motion says nothing after a while.

    Crops are of the colour of the person; those that are anonymized too, or black.
    """
    people = np.unique(np.concatenate([one.clear.ids for one in (case.validation, case.test)]))
    rng = np.random.default_rng(0)
    rows = [(frame, int(who)) for frame in range(1, 41) for who in people]
    places = rng.uniform(0, 300, len(rows))
    boxes = np.stack([places, 0 * places, places + 10, 0 * places + 20], axis=1)
    tracks = Trajectories.of([one[0] for one in rows], [one[1] for one in rows], boxes)
    clear = np.empty((len(rows), 128, 64, 3), np.uint8)
    for crop, (_, who) in zip(clear, rows, strict=True):
        crop[:] = np.random.default_rng(who).integers(0, 255, 3)
    seen = clear if seen_tells else np.zeros_like(clear)
    every = {row: row for row in range(len(rows))}
    return TrackTrial(tracks, (100, 300), gap_events(tracks), every, clear, seen)


def found_in(case, trial):
    best = Strongest("a", Fitted(case.describe, case.describe), "anonymized to anonymized")
    findings = ATTACKS["motion"].measure(replace(case, tracks=trial), Champions(best, best, best))
    return {one.measure: one for one in findings}


def test_looks_follow_people_whom_motion_does_not(case_for):
    case = case_for(lambda picture: picture)
    found = found_in(case, trial_of(case, seen_tells=True))
    motion = found["followed over 25 frames by motion"]
    assert motion.chance < 0.1
    assert motion.success < 0.4
    looks = found["followed over 25 frames by motion and looks"]
    assert looks.success == looks.clear == 1
    assert looks.chance < 0.4


def test_black_pictures_help_nobody(case_for):
    case = case_for(lambda picture: picture)
    found = found_in(case, trial_of(case, seen_tells=False))
    looks = found["followed over 5 frames by motion and looks"]
    assert looks.success == pytest.approx(looks.chance)
    assert looks.clear == 1


def test_without_tracks_or_gaps_nothing_is_measured(case_for):
    case = case_for(lambda picture: picture)
    assert found_in(case, None) == {}
    assert found_in(case, replace(trial_of(case, seen_tells=True), events=())) == {}
