"""What is under version control shows no real person and tells nothing about any machine."""

import hashlib
import re
import subprocess
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

Tracked = Callable[[Path], list[str]]

MEGABYTE = 1_000_000
LARGEST = {
    "src/passerby/models/weights/passerby_people.onnx": 4 * MEGABYTE,
    "src/passerby/models/weights/passerby_signature.onnx": 3 * MEGABYTE,
}
"""Files that may be larger than a megabyte, and how large."""

MEDIA = re.compile(
    r"(?i)\.(?:jpe?g|png|gif|webp|bmp|tiff?|heic|mp4|avi|mkv|mov|ts|webm|mjpe?g|y4m|npy|npz)$"
)
SHOWN: frozenset[str] = frozenset()
"""Pictures outside docs/ that are known to show nobody who exists."""

MACHINE_PATH = re.compile(
    r"(?<![\w.:~/-])/(?:home|root|Users|work|workspace|tmp|mnt|media|private/var|scratch)/\w"
)
REGISTRY_HOST = re.compile(
    # Spelled in parts, or this file would be the first to name one.
    r"(?i)\bpyp"
    r"i\.(?:org|python\.org)|python"
    r"hosted\.org|conda\.anaco"
    r"nda\.org|"
    r"registry\.npm"
    r"js\.|(?:extra-)?index-url\s*[=\s]\s*\S"
)
SECRET = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY|\bghp_\w{20}|\bAKIA[0-9A-Z]{16}\b")
TEXT = {
    "a path of one machine": MACHINE_PATH,
    "a package registry's host": REGISTRY_HOST,
    "a secret": SECRET,
}


def is_copy(content: bytes, foreign: Collection[str]) -> bool:
    """Whether a file is one of those, by their hashes, that must stay out."""
    return hashlib.sha256(content).hexdigest() in foreign


def complaints(name: str, content: bytes) -> Iterator[str]:
    """Yield what is wrong with one file."""
    largest = LARGEST.get(name, MEGABYTE)
    if len(content) > largest:
        yield f"{name}: larger than {largest / MEGABYTE:g} megabytes"
    if MEDIA.search(name) and not name.startswith("docs/") and name not in SHOWN:
        yield f"{name}: a picture that is not listed"
    if b"\0" not in content:
        for number, line in enumerate(content.decode("utf-8").splitlines(), 1):
            for reason, pattern in TEXT.items():
                if found := pattern.search(line):
                    yield f"{name}:{number}: {found[0]} ({reason})"


def test_no_tracked_file_gives_anything_away(tracked: Tracked) -> None:
    files = {name: (ROOT / name).read_bytes() for name in tracked(ROOT)}
    assert "pyproject.toml" in files
    assert [fault for name, data in files.items() for fault in complaints(name, data)] == []


@pytest.mark.shared
def test_no_tracked_file_is_a_copy_of_shared_data(shared: Path, tracked: Tracked) -> None:
    files = {name: (ROOT / name).read_bytes() for name in tracked(ROOT)}
    sizes = {len(content) for content in files.values() if content}
    foreign = {
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in shared.rglob("*")
        if path.is_file() and path.stat().st_size in sizes
    }
    assert [name for name, data in files.items() if is_copy(data, foreign)] == []


def test_the_lists_of_exceptions_name_files_that_exist(tracked: Tracked) -> None:
    assert not SHOWN - set(tracked(ROOT))


@pytest.mark.parametrize(
    "line",
    [
        "/ho" + "me/someone/video.mp4",
        'path = "/wo' + 'rk/main"',
        "see /tm" + "p/out.mp4 for it",
        "(/Us" + "ers/someone)",
        "https://pypi" + ".org/simple",
        "https://files.python" + "hosted.org/packages/a.whl",
        "--index" + "-url https://example.org",
        "-----BEGIN RSA PRIV" + "ATE KEY-----",
    ],
)
def test_text_that_gives_something_away_is_found(line: str) -> None:
    (complaint,) = complaints("page.md", f"# Page\n{line}\n".encode())
    assert complaint.startswith("page.md:2: ")


@pytest.mark.parametrize(
    "line",
    [
        "out/home/video.mp4",
        "https://example.org/home/page",
        "/dev/video0",
        "rtsp://camera/media/main",
        "~/tmp/a.mp4",
        "the index of a url",
    ],
)
def test_harmless_text_passes(line: str) -> None:
    assert list(complaints("page.md", line.encode())) == []


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("tests/street.jpg", b"\xff\xd8\xff\0", "a picture that is not listed"),
        ("src/passerby/face.PNG", b"\x89PNG\0", "a picture that is not listed"),
        ("tests/clip.mp4", b"\0", "a picture that is not listed"),
        ("docs/network.onnx", b"\0" * (MEGABYTE + 1), "larger than 1 megabytes"),
        (next(iter(LARGEST)), b"\0" * (4 * MEGABYTE + 1), "larger than 4 megabytes"),
    ],
)
def test_a_file_that_does_not_belong_is_found(name: str, content: bytes, reason: str) -> None:
    assert list(complaints(name, content)) == [f"{name}: {reason}"]


def test_a_copy_is_found_and_another_file_is_not() -> None:
    foreign = {hashlib.sha256(b"pixels of somebody").hexdigest()}
    assert is_copy(b"pixels of somebody", foreign)
    assert not is_copy(b"pixels of nobody", foreign)


def test_what_git_ignores_is_left_out_and_what_is_new_is_not(
    tmp_path: Path, tracked: Tracked
) -> None:
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    for name, text in {
        ".gitignore": "ignored.txt\n",
        "ignored.txt": "",
        "new name.txt": "",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert sorted(tracked(tmp_path)) == [".gitignore", "new name.txt"]
