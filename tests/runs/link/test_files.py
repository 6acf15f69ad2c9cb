import csv
import json

from passerby.evaluate.tracking.files import read_tracks
from passerby.runs.link.accuracy import accuracy_of
from passerby.runs.link.files import write_scene


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_what_is_known_is_written_and_can_be_read(scene, truths, tmp_path):
    write_scene(tmp_path, scene, accuracy_of(scene, truths))
    tracks = rows(tmp_path / "tracks.csv")
    assert [int(one["person"]) for one in tracks] == [1, 2, 3, 2, 1, 3, 4]
    assert (tracks[3]["camera"], tracks[3]["snippets"]) == ("stairs", "1")
    assert float(tracks[3]["began"]) == 12
    assert float(tracks[0]["nobody"]) == 1
    assert float(tracks[3]["nobody"]) < 0.2
    shown = [one for one in rows(tmp_path / "links.csv") if one["same"] == "yes"]
    assert {(one["earlier"], one["later"]) for one in shown} == {("1", "5"), ("2", "4"), ("3", "6")}
    accuracy = json.loads((tmp_path / "accuracy.json").read_text())
    assert {"multi_camera_idf1", "link_precision", "single_camera_idf1"} <= set(accuracy)
    people = read_tracks(tmp_path / "stairs.txt")
    assert set(people.ids.tolist()) == {1, 2, 3, 4}
    assert len(people) == 200


def test_without_a_truth_there_is_no_accuracy(scene, tmp_path):
    write_scene(tmp_path, scene)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "hall.txt",
        "links.csv",
        "links.png",
        "stairs.txt",
        "tracks.csv",
    ]
