"""Tracks as MOT text: what is written is what both readers read."""

from pathlib import Path

import numpy as np

from passerby.detection.files import FileDetections
from passerby.detections import Detections
from passerby.evaluate.tracking.files import read_tracks
from passerby.runs.track.mot_tracks import track_lines, write_tracks

PEOPLE = {
    7: Detections.of([[1.25, 2, 11, 30]], scores=[0.5], tracks=[2]),
    0: Detections.of([[0, 0, 9, 20], [-4.5, 1, 8, 22]], scores=[1, 0.25], tracks=[1, 2]),
}


def test_a_line_is_a_box() -> None:
    assert list(track_lines(PEOPLE)) == [
        "1,1,0.00,0.00,9.00,20.00,1.0000,-1,-1,-1\n",
        "1,2,-4.50,1.00,12.50,21.00,0.2500,-1,-1,-1\n",
        "8,2,1.25,2.00,9.75,28.00,0.5000,-1,-1,-1\n",
    ]


def test_the_file_is_read_back_to_be_evaluated(tmp_path: Path) -> None:
    write_tracks(tmp_path / "tracks.txt", PEOPLE)
    read = read_tracks(tmp_path / "tracks.txt")
    assert read.frames.tolist() == [1, 1, 8]
    assert read.ids.tolist() == [1, 2, 2]
    np.testing.assert_allclose(read.boxes[2], [1.25, 2, 11, 30])


def test_the_file_is_read_back_to_cover_people(tmp_path: Path) -> None:
    write_tracks(tmp_path / "tracks.txt", PEOPLE)
    found = FileDetections(tmp_path / "tracks.txt").of_frame(0, 40, 40)
    assert found.tracks.tolist() == [1, 2]
    np.testing.assert_allclose(found.boxes, PEOPLE[0].boxes)
    np.testing.assert_allclose(found.scores, [1, 0.25])


def test_nobody_is_an_empty_file(tmp_path: Path) -> None:
    write_tracks(tmp_path / "tracks.txt", {})
    assert (tmp_path / "tracks.txt").read_bytes() == b""
    assert len(read_tracks(tmp_path / "tracks.txt")) == 0
