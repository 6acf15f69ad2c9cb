import hashlib
import json
from pathlib import Path

import pytest

from passerby.datasets.splits import (
    SPLIT_FILE,
    Partitions,
    drawn,
    partitions_in,
    read_partitions,
    write_partitions,
)
from passerby.errors import InputError, OutputError


def test_the_smallest_hashes_are_trained_on() -> None:
    people = [3, 14, 15, 92, 65]
    by_hash = sorted(people, key=lambda one: hashlib.sha256(f"7 1 {one}".encode()).hexdigest())
    assert drawn("viper", people, 2, count=2, seed=7).train[1] == tuple(sorted(by_hash[:2]))


def test_the_order_of_the_people_does_not_matter_and_the_seed_does() -> None:
    people = list(range(40))
    assert drawn("a", people, 20) == drawn("a", reversed(people), 20)
    assert drawn("a", people, 20, seed=1).train != drawn("a", people, 20, seed=2).train


def test_everybody_is_drawn_about_equally_often() -> None:
    partitions = drawn("a", range(20), 10, count=400).train
    times = [sum(person in one for one in partitions) for person in range(20)]
    assert sum(times) == 4000
    assert all(140 < often < 260 for often in times)  # six standard deviations around 200


def test_a_file_holds_seed_partitions_and_hash(tmp_path: Path) -> None:
    partitions = drawn("viper", range(8), 4, seed=3)
    write_partitions(tmp_path / "splits.json", partitions)
    content = json.loads((tmp_path / "splits.json").read_text(encoding="utf-8"))
    assert content["seed"] == 3
    assert [tuple(part) for part in content["train"]] == list(partitions.train)
    assert content["sha256"] == partitions.sha256
    assert read_partitions(tmp_path / "splits.json") == partitions
    assert [path.name for path in tmp_path.iterdir()] == ["splits.json"]


def test_a_file_of_this_name_in_the_root_is_found(tmp_path: Path) -> None:
    assert partitions_in(tmp_path) is None
    partitions = Partitions("grid", None, ((1, 2),))
    write_partitions(tmp_path / SPLIT_FILE, partitions)
    assert partitions_in(tmp_path) == partitions


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "splits.json"
    write_partitions(path, drawn("viper", range(8), 4))
    content = json.loads(path.read_text(encoding="utf-8"))
    content["train"][0][0] += 1
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(InputError, match="was changed since it was written"):
        read_partitions(path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"train": 3}', "\x00", '[{"train": []}]'])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "splits.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="is not a split file of passerby"):
        read_partitions(tmp_path / "splits.json")


def test_a_file_that_is_not_there_or_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_partitions(tmp_path / "splits.json")
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be made"):
        write_partitions(tmp_path / "file" / "splits.json", Partitions("a", 0, ()))


def test_a_partition_that_is_not_there() -> None:
    with pytest.raises(InputError, match="there is no partition 2: the splits have 0 to 1"):
        drawn("a", range(4), 2, count=2).of(2, range(4))


def test_a_line_says_where_they_come_from() -> None:
    assert str(drawn("a", range(4), 2, seed=9)).startswith("10 partitions drawn with seed 9, sha")
    assert "chosen by the authors" in str(Partitions("grid", None, ((1,),)))
