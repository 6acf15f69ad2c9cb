"""Files, folders, addresses."""

import os
from pathlib import Path

import pytest

from passerby.errors import InputError
from passerby.sources.inputs import check_readable, expand, ignored_files


def tree(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return folder


def test_a_folder_is_read_with_its_tree_sorted_and_without_hidden_files(tmp_path: Path) -> None:
    tree(tmp_path, "b.JPG", "a.mp4", "z/deep/c.png", ".hidden.jpg", ".git/d.jpg", "notes.txt")
    inputs = expand([tmp_path])
    assert [one.relative for one in inputs] == [Path("a.mp4"), Path("b.JPG"), Path("z/deep/c.png")]
    assert all(one.path == tmp_path / (one.relative or "") for one in inputs)
    assert ignored_files([tmp_path]) == [tmp_path / "notes.txt"]


def test_a_file_is_taken_whatever_its_ending_and_stands_alone(tmp_path: Path) -> None:
    tree(tmp_path, "deep/clip.xyz")
    (one,) = expand([str(tmp_path / "deep" / "clip.xyz")])
    assert one.path == tmp_path / "deep" / "clip.xyz"
    assert one.relative == Path("clip.xyz")
    assert ignored_files([tmp_path / "deep" / "clip.xyz"]) == []


def test_streams_have_no_path() -> None:
    inputs = expand(["rtsp://host/street", "camera:0"])
    assert [(one.name, one.path) for one in inputs] == [
        ("rtsp://host/street", None),
        ("camera:0", None),
    ]


def test_what_is_named_twice_counts_once(tmp_path: Path) -> None:
    tree(tmp_path, "a.jpg")
    assert len(expand([tmp_path / "a.jpg", str(tmp_path / "a.jpg")])) == 1


@pytest.mark.parametrize("names", [(), ("notes.txt",), (".hidden.jpg",)])
def test_a_folder_without_media_is_refused(tmp_path: Path, names: tuple[str, ...]) -> None:
    tree(tmp_path, *names)
    with pytest.raises(InputError, match="has no pictures or videos"):
        expand([tmp_path])


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nosuch\.mp4 does not exist"):
        expand([tmp_path / "nosuch.mp4"])


def test_a_missing_file_is_not_readable(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        check_readable(tmp_path / "nosuch.mp4")


def test_a_folder_is_not_readable(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        check_readable(tmp_path)


def test_an_empty_file_is_not_readable(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(InputError, match="0 bytes"):
        check_readable(tmp_path / "empty.mp4")


def test_a_name_that_no_file_can_have_is_not_readable() -> None:
    with pytest.raises(InputError, match="cannot be read"):
        check_readable(Path("a\0b"))


def test_a_file_without_permission_is_not_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may read everything, so the refusal is simulated where the file is opened."""
    path = tree(tmp_path, "secret.jpg") / "secret.jpg"

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match="may not be read"):
        check_readable(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_permission_is_refused(tmp_path: Path) -> None:
    (tree(tmp_path, "in/a.jpg") / "in").chmod(0)
    try:
        with pytest.raises(InputError, match="may not be read"):
            expand([tmp_path])
    finally:
        (tmp_path / "in").chmod(0o700)
