"""What is released is the same each time, and holds what is tracked: broken on purpose."""

import importlib.util
import tarfile
from pathlib import Path
from types import ModuleType
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def release() -> ModuleType:
    spec = importlib.util.spec_from_file_location("release", ROOT / ".ci/release.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def packed(folder: Path, wheel: list[str], sdist: list[str]) -> tuple[Path, Path]:
    with ZipFile(folder / "p-1-py3-none-any.whl", "w") as archive:
        for name in (*wheel, "p-1.dist-info/METADATA"):
            archive.writestr(name, b"some")
    (folder / "some").write_bytes(b"some")
    with tarfile.open(folder / "p-1.tar.gz", "w:gz") as tar:
        for name in (*sdist, "PKG-INFO"):
            tar.add(folder / "some", f"p-1/{name}")
    return folder / "p-1-py3-none-any.whl", folder / "p-1.tar.gz"


@pytest.mark.parametrize(
    ("wheel", "sdist", "told"),
    [
        (["p/a.py"], ["src/p/a.py", "README.md"], None),
        (["p/a.py"], ["src/p/a.py"], r"p-1\.tar\.gz lacks \['README\.md'\] and has \[\]"),
        (["p/a.py"], ["src/p/a.py", "README.md", "demo/film.mp4"], r"has \['demo/film\.mp4'\]"),
        ([], ["src/p/a.py", "README.md"], r"any\.whl lacks \['p/a\.py'\]"),
        (["p/a.py", "tests/b.py"], ["src/p/a.py", "README.md"], r"has \['tests/b\.py'\]"),
    ],
)
def test_a_release_holds_what_is_tracked(
    release: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    wheel: list[str],
    sdist: list[str],
    told: str | None,
) -> None:
    monkeypatch.setattr(release, "tracked", lambda: ["src/p/a.py", "README.md"])
    files = packed(tmp_path, wheel, sdist)
    if told is None:
        release.check_contents(*files)
        return
    with pytest.raises(SystemExit, match=told):
        release.check_contents(*files)


def test_builds_that_differ_are_refused(release: ModuleType, tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "p.whl").write_bytes(b"same")
    release.check_same(tmp_path / "one", tmp_path / "other")
    (tmp_path / "other/p.whl").write_bytes(b"salt")
    with pytest.raises(SystemExit, match=r"two builds of p\.whl differ"):
        release.check_same(tmp_path / "one", tmp_path / "other")


def test_no_folder_of_the_package_is_ignored_by_chance(release: ModuleType) -> None:
    """What version control ignores is left out of builds, tracked or not."""
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    ignored = {line.strip("/") for line in lines if not line.startswith("/")}
    folders = {part for name in release.tracked() for part in Path(name).parts[:-1]}
    assert not ignored & folders
