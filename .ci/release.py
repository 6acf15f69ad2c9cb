"""Builds what is released into dist/: the wheel, the sdist, and what the wheel is made of.

    python .ci/release.py

Both are built twice, from two copies of the tracked files that lie elsewhere and are of other ages,
and have to be the same, bit for bit. The sdist has to hold what is tracked, the wheel the package,
and neither of them anything else.
"""

import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
TOOLS = ("hatchling>=1.27", "cyclonedx-python-lib[json-validation]>=11,<12", "packaging")
LARGEST_WHEEL, LARGEST_SDIST = 16 * 2**20, 24 * 2**20
MADE_BY_BUILDING = frozenset(("PKG-INFO",))


def main() -> int:
    """Build, compare and check; nothing is left in dist/ where anything is wrong."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        print("Building twice ...", flush=True)
        python = tools(folder / "tools")
        builds = [built(python, folder / name, age) for name, age in (("a", 0), ("b", 86_400))]
        check_same(*builds)
        wheel, sdist = sorted(builds[0].iterdir(), key=lambda path: path.suffix, reverse=True)
        check_contents(wheel, sdist)
        sbom = builds[0] / f"{sdist.name.removesuffix('.tar.gz')}.cdx.json"
        run([python, str(ROOT / ".ci/sbom.py"), str(wheel), str(sbom)])
        DIST.mkdir(exist_ok=True)
        for path in builds[0].iterdir():
            shutil.copy(path, DIST / path.name)
            print(f"dist/{path.name}: {path.stat().st_size / 2**20:.2f} MiB")
    return 0


def tools(folder: Path) -> str:
    """Install what builds into a fresh environment; return its Python."""
    run([sys.executable, "-m", "venv", str(folder)])
    python = str(folder / "bin/python")
    run([python, "-m", "pip", "install", "--quiet", *TOOLS])
    return python


def built(python: str, folder: Path, age: float) -> Path:
    """Build from a copy of the tracked files; return where the wheel and the sdist lie."""
    tree, output = folder / "tree", folder / "dist"
    for name in tracked():
        target = tree / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
        when = target.stat().st_mtime - age
        os.utime(target, (when, when))
    run([python, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", str(output)], tree)
    return output


def tracked() -> list[str]:
    """The names of all files under version control."""
    listed = run(["git", "ls-files", "-z"])
    return [name for name in listed.split("\0") if name]


def check_same(one: Path, other: Path) -> None:
    """Make sure that two builds made the same files."""
    for path in one.iterdir():
        if path.read_bytes() != (other / path.name).read_bytes():
            raise SystemExit(f"two builds of {path.name} differ: something in it is not fixed")


def check_contents(wheel: Path, sdist: Path) -> None:
    """Make sure that nothing is missing, and that nothing lies in a release by chance.

    Raises:
        SystemExit: If not.
    """
    expected = set(tracked())
    with tarfile.open(sdist) as archive:
        held = {member.name.partition("/")[2] for member in archive if member.isfile()}
    compare(sdist, held - MADE_BY_BUILDING, expected)
    with ZipFile(wheel) as content:
        packed = {name for name in content.namelist() if ".dist-info/" not in name}
    package = {name.removeprefix("src/") for name in expected if name.startswith("src/")}
    compare(wheel, packed, package)
    for path, largest in ((wheel, LARGEST_WHEEL), (sdist, LARGEST_SDIST)):
        if path.stat().st_size > largest:
            raise SystemExit(f"{path.name} has {path.stat().st_size} bytes, {largest} at most")


def compare(release: Path, held: set[str], expected: set[str]) -> None:
    """Say what a release lacks, and what it has besides."""
    missing, more = sorted(expected - held), sorted(held - expected)
    if missing or more:
        raise SystemExit(f"{release.name} lacks {missing} and has {more} besides")


def run(command: Sequence[str], folder: Path = ROOT) -> str:
    """Run a command as on any day: what is built has the same time; return what it prints."""
    fixed = {**os.environ, "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", epoch())}
    ran = subprocess.run(
        command, cwd=folder, env=fixed, stdout=subprocess.PIPE, encoding="utf-8", check=True
    )
    return ran.stdout


def epoch() -> str:
    """When the last commit was made, in seconds since 1970."""
    told = ["git", "log", "-1", "--format=%ct"]
    return subprocess.run(told, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
