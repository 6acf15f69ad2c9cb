"""Files, folders, addresses."""

import os
import socket
from pathlib import Path

import pytest

from passerby.errors import InputError
from passerby.sources.inputs import check_readable, expand, left_out


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
    assert left_out([tmp_path]) == [
        f"1 file in folders left out: no picture, no video, such as {tmp_path / 'notes.txt'}",
        f"2 hidden entries of folders left out, such as {tmp_path / '.git'}",
    ]


def test_a_file_is_taken_whatever_its_ending_and_stands_alone(tmp_path: Path) -> None:
    tree(tmp_path, "deep/clip.xyz")
    (one,) = expand([str(tmp_path / "deep" / "clip.xyz")])
    assert one.path == tmp_path / "deep" / "clip.xyz"
    assert one.relative == Path("clip.xyz")
    assert left_out([tmp_path / "deep" / "clip.xyz", "rtsp://host/street"]) == []


@pytest.mark.parametrize("name", ["*.mp4", "a?.mp4"])
def test_a_pattern_in_quotes_is_told(tmp_path: Path, name: str) -> None:
    tree(tmp_path, "ab.mp4")
    with pytest.raises(InputError, match="if it is a pattern, leave out the quotes, or name the f"):
        expand([str(tmp_path / name)])


def test_a_file_whose_name_looks_like_a_pattern_is_read(tmp_path: Path) -> None:
    tree(tmp_path, "a*.mp4")
    (one,) = expand([str(tmp_path / "a*.mp4")])
    assert one.problem is None


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


def test_of_several_inputs_those_that_cannot_be_read_say_so(tmp_path: Path) -> None:
    tree(tmp_path, "a.jpg", "empty/notes.txt")
    names = ["a.jpg", "gone.mp4", "empty", "x" * 300]
    found = expand([tmp_path / name for name in names])
    assert [one.name for one in found] == [str(tmp_path / name) for name in names]
    assert found[0].problem is None
    assert "gone.mp4 does not exist: check the path" in (found[1].problem or "")
    assert "has no pictures or videos in it" in (found[2].problem or "")
    assert "cannot be read (File name too long)" in (found[3].problem or "")
    with pytest.raises(InputError, match=r"gone.mp4 does not exist.*\(and 1 more such input\)"):
        expand([tmp_path / "gone.mp4", tmp_path / "gone.png"])


@pytest.mark.parametrize("name", ["rtsp:/me:s3cret@host/main", "me:s3cret@host/main"])
def test_an_address_with_a_slip_is_told_without_its_password(name: str) -> None:
    with pytest.raises(InputError, match="looks like an address") as raised:
        expand([name])
    assert "s3cret" not in str(raised.value)


# --- Links, pipes and the like -------------------------------------------------------------


def names(folder: Path) -> list[str]:
    return [str(one.relative) for one in expand([folder])]


def test_linked_folders_are_read_once_whatever_their_loops(tmp_path: Path) -> None:
    tree(tmp_path, "in/x.png", "in/deep/y.png", "real/z.png", "real/below/w.png")
    (tmp_path / "in" / "more").symlink_to("../real")
    (tmp_path / "in" / "again").symlink_to("deep")
    (tmp_path / "in" / "self").symlink_to(".")
    (tmp_path / "in" / "up").symlink_to("..")
    (tmp_path / "real" / "below" / "loop").symlink_to("../../in")
    (tmp_path / "real" / "below" / "back").symlink_to("..")
    assert names(tmp_path / "in") == ["x.png", "deep/y.png", "more/z.png", "more/below/w.png"]
    (remark,) = left_out([tmp_path / "in"])
    assert remark.startswith("5 linked folders left out")


def test_a_link_is_not_taken_for_the_folder_that_is_there_itself(tmp_path: Path) -> None:
    tree(tmp_path, "z/a.png")
    (tmp_path / "a").symlink_to("z")
    assert names(tmp_path) == ["z/a.png"]


def test_links_to_one_another_end(tmp_path: Path) -> None:
    for one in range(7):
        tree(tmp_path, f"real/{one}/{one}.png")
    for one in range(7):
        for other in range(7):
            (tmp_path / "real" / str(one) / f"to{other}").symlink_to(tmp_path / "real" / str(other))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "first").symlink_to("../real/0")
    assert len(names(tmp_path / "in")) == 7


def test_linked_files_are_read_and_broken_links_say_so(tmp_path: Path) -> None:
    tree(tmp_path, "real.png")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.png").symlink_to("../real.png")
    (tmp_path / "in" / "b.png").symlink_to("../gone.png")
    (tmp_path / "in" / "c.png").symlink_to("c.png")
    found = expand([tmp_path / "in"])
    assert [one.path.name for one in found if one.path] == ["a.png", "b.png", "c.png"]
    check_readable(tmp_path / "in" / "a.png")
    for name, told in (("b.png", "does not exist"), ("c.png", "symbolic links")):
        with pytest.raises(InputError, match=told):
            check_readable(tmp_path / "in" / name)


def test_only_plain_files_are_media(tmp_path: Path) -> None:
    tree(tmp_path, "a.png")
    os.mkfifo(tmp_path / "pipe.mp4")
    (tmp_path / "zero.mp4").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(tmp_path)  # names of sockets are short
        try:
            server.bind("socket.png")
        finally:
            os.chdir(here)
        assert names(tmp_path) == ["a.png"]
        (remark,) = left_out([tmp_path])
        assert remark.startswith("3 special files left out: pipes, sockets, devices, such as")
        for name, what in (("pipe.mp4", "a named pipe"), ("zero.mp4", "a device")):
            with pytest.raises(InputError, match=f"cannot be read .it is {what}, not a file"):
                check_readable(tmp_path / name)
        with pytest.raises(InputError, match="cannot be read"):
            check_readable(tmp_path / "socket.png")


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

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(InputError, match="cannot be read: check its permissions"):
        check_readable(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_permission_is_refused(tmp_path: Path) -> None:
    (tree(tmp_path, "in/a.jpg") / "in").chmod(0)
    try:
        with pytest.raises(InputError, match="cannot be read: check its permissions"):
            expand([tmp_path])
    finally:
        (tmp_path / "in").chmod(0o700)
