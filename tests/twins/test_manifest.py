import json
from pathlib import Path

import pytest

from passerby.errors import InputError, OutputError
from passerby.twins.manifest import (
    ManifestEntry,
    ManifestLog,
    read_manifest,
    totals,
    write_manifest,
)

HEAD = {"manifest": 1, "complete": False, "dataset": "viper"}
ENTRIES = [
    ManifestEntry("b.png", "5f", "07", None, covered_in_full=False),
    ManifestEntry("a/c.png", "11", "22", 3, covered_in_full=True),
]


def test_what_is_written_is_read_in_the_order_of_the_paths(tmp_path: Path) -> None:
    path = tmp_path / "twin" / "m.jsonl"
    write_manifest(path, HEAD, ENTRIES)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert lines[0] == HEAD
    assert [line["path"] for line in lines[1:]] == ["a/c.png", "b.png"]
    assert read_manifest(path) == (HEAD, {entry.path: entry for entry in ENTRIES})


def test_lines_are_added_at_once(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    write_manifest(path, HEAD, [])
    log = ManifestLog(path)
    log.add(ENTRIES[0])
    assert read_manifest(path)[1] == {"b.png": ENTRIES[0]}
    log.close()


def test_a_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    write_manifest(path, HEAD, ENTRIES)
    whole = path.read_bytes()
    for length in range(len(whole) - 1, len(whole) - 40, -1):
        path.write_bytes(whole[:length])
        assert list(read_manifest(path)[1]) == ["a/c.png"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"no json\n",
        b"[]\n",
        b"{}\n",
        b'{"manifest": 2}\n',
        b'{"manifest": 1}\n{"path": "a"}\n',
        b'{"manifest": 1}\n3\n',
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "m.jsonl").write_bytes(content)
    with pytest.raises(InputError, match=r"not a manifest of this version|cannot be read"):
        read_manifest(tmp_path / "m.jsonl")


def test_a_manifest_that_is_not_there_or_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_manifest(tmp_path / "m.jsonl")
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be made"):
        ManifestLog(tmp_path / "file" / "m.jsonl")


def test_shares_are_of_the_images_that_were_looked_at() -> None:
    looked = [
        ManifestEntry(str(n), "", "", faces, covered_in_full=False)
        for n, faces in enumerate([0, 2, 1])
    ]
    assert totals(looked)["with_faces"] == 2
    assert totals(looked)["share_with_faces"] == 0.6667
    assert totals(ENTRIES[:1])["share_with_faces"] is None
    assert totals([])["with_faces"] is None
