"""What the card says of where training data are from."""

from pathlib import Path

import pytest

from passerby.train.detector.collections import COLLECTIONS
from passerby.train.detector.footage import FOOTAGE
from passerby.train.obfuscator.data_sources import describe_source


@pytest.mark.parametrize("collection", list(COLLECTIONS.values()), ids=lambda one: one.name)
@pytest.mark.parametrize("below", ["", "images"])
def test_collections_are_known_by_their_folder(collection, below):
    found = describe_source(Path("data") / collection.folder / below)
    assert (found.name, found.licence, found.ships) == (
        collection.name,
        collection.licence,
        collection.ships,
    )


@pytest.mark.parametrize("name", ["video/lab-camera1.mp4", "video/table-one-by-one.mp4"])
def test_clips_are_known(name):
    assert describe_source(Path("data") / name).ships


@pytest.mark.parametrize(
    "name",
    ["video/avenue-train10.mp4", "video/pets09-s2l1.avi", "video/caviar-crossing-front.mpg"],
)
def test_what_measures_obfuscators_never_ships_in_one(name):
    """Two of these clips may train a detector."""
    assert not describe_source(Path("data") / name).ships
    assert any(clip.file.startswith("video/caviar") for clip in FOOTAGE)


def test_of_anything_else_nothing_is_known():
    found = describe_source(Path("recordings/street.mp4"))
    assert (found.name, found.licence, found.ships) == ("street.mp4", "not stated", False)
