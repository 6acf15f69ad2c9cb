from pathlib import Path

from passerby.datasets.index import ReidDataset, Sample
from passerby.datasets.statistics import Spread, spread_of, statistics


def test_subsets_are_counted() -> None:
    samples = (
        Sample("a", 1, 1, "train"),
        Sample("b", 1, 2, "train"),
        Sample("c", 1, 2, "train"),
        Sample("d", 2, 2, "train"),
        Sample("e", 0, 3, "gallery", distractor=True),
    )
    assert statistics(ReidDataset("folder", Path(), samples)) == {
        "train": {
            "images": 4,
            "people": 2,
            "distractors": 0,
            "images_a_person": {"least": 1, "median": 2.0, "most": 3},
            "images_by_camera": {1: 1, 2: 3},
        },
        "gallery": {
            "images": 1,
            "people": 0,
            "distractors": 1,
            "images_a_person": None,
            "images_by_camera": {3: 1},
        },
    }


def test_a_spread_of_one_number() -> None:
    assert spread_of([7]) == Spread(7, 7.0, 7)
