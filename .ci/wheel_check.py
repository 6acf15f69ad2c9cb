"""Tries the wheel as users install it: without extras, without torch, without a network.

    python .ci/wheel_check.py

Builds the wheel, installs it under each supported Python that is found here, films people who do
not exist, anonymizes the film where no network can be reached, and makes sure that it is covered.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
VERSIONS = "3.11", "3.12"
FRAMES = 50
COVERED = 0.98
"""Share of the heads that must be covered in the copy."""

EXTRAS = (
    "torch",
    "torchvision",
    "timm",
    "matplotlib",
    "pyarrow",
    "scipy",
    "sqlalchemy",
    "cryptography",
)
FROM_WHEEL = f"""
import importlib.util, passerby
assert "site-packages" in passerby.__file__, passerby.__file__
found = [name for name in {EXTRAS} if importlib.util.find_spec(name)]
assert not found, found
"""
NOWHERE = "http://127.0.0.1:9"


def main() -> int:
    """Try each Python; fails where none is found."""
    found = {version: python for version in VERSIONS if (python := interpreter(version))}
    for version in VERSIONS:
        if version not in found:
            print(f"Python {version} is not here: not tried")
    with TemporaryDirectory() as folder:
        print("Building the wheel ...", flush=True)
        pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
        run([*pip, "--wheel-dir", folder, str(ROOT)], seconds=300)
        (wheel,) = Path(folder).glob("*.whl")
        for version, python in found.items():
            print(f"Installing it under Python {version} ...", flush=True)
            programs = install(python, wheel, Path(folder) / version)
            print("Anonymizing a film without a network ...", flush=True)
            print(f"Python {version}: {anonymize(programs, Path(folder) / version)}", flush=True)
            shutil.rmtree(Path(folder) / version)
    return 0 if found else 1


def interpreter(version: str) -> str | None:
    """Find a Python that starts, on the path or among those that pyenv keeps."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for python in (f"python{version}", *map(str, kept.glob(f"{version}.*/bin/python"))):
        tried = f"import sys; sys.exit(sys.version_info[:2] != ({version.replace('.', ', ')}))"
        try:
            started = subprocess.run([python, "-c", tried], capture_output=True, check=False)
        except OSError:
            continue
        if started.returncode == 0:
            return python
    return None


def install(python: str, wheel: Path, folder: Path) -> Path:
    """Install the wheel alone into a fresh environment; return where its programs are."""
    run([python, "-m", "venv", str(folder)], seconds=120)
    programs = folder / "bin"
    pip = [str(programs / "pip"), "install", "--quiet", "--no-compile"]
    run([*pip, "--constraint", str(ROOT / "constraints.txt"), str(wheel)], seconds=600)
    run([str(programs / "python"), "-c", FROM_WHEEL], seconds=60)
    return programs


def anonymize(programs: Path, folder: Path) -> str:
    """Anonymize a film where no network can be reached; return how much of it is covered."""
    passerby, film, copy = str(programs / "passerby"), folder / "film", folder / "copy.mp4"
    clear, report = film / "camera-1.mp4", folder / "report.json"
    length = str(FRAMES / 25)
    run([passerby, "synth", "crossing", "--cameras", "1", "--seconds", length, "-o", str(film)])
    run([*offline(), passerby, "anonymize", str(clear), "-o", str(copy), "--report", str(report)])
    summary = json.loads(report.read_text(encoding="utf-8"))["summary"]
    if (summary["frames"], summary["failed"], summary["no_known_problem"]) != (FRAMES, [], True):
        raise SystemExit(f"the copy is not what was asked for: {summary}")
    heads = film / "camera-1" / "gt" / "heads.txt"
    told = run([passerby, "evaluate", "coverage", str(clear), str(copy), str(heads), "--json"])
    coverage = json.loads(told)
    if coverage["heads"] == 0 or coverage["covered"] < COVERED * coverage["heads"]:
        raise SystemExit(f"heads are uncovered: {coverage}")
    return f"{coverage['covered']} of {coverage['heads']} heads covered in {FRAMES} frames"


def offline() -> Sequence[str]:
    """Words before a command that keep it from any network.

    Who may not make a network of their own gets proxies that lead nowhere.
    """
    for words in (["unshare", "--net"], ["unshare", "--map-root-user", "--net"]):
        if shutil.which("unshare") and not subprocess.run([*words, "true"], check=False).returncode:
            return words
    print("without a network of its own: proxies lead nowhere")
    return ["env", *(f"{name}_proxy={NOWHERE}" for name in ("http", "https", "all"))]


def run(command: Sequence[str], seconds: float = 300) -> str:
    """Run a command for so many seconds at most; return what it prints."""
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ran = subprocess.run(
        command, env=clean, timeout=seconds, stdout=subprocess.PIPE, encoding="utf-8", check=True
    )
    return ran.stdout


if __name__ == "__main__":
    sys.exit(main())
