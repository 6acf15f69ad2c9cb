"""The programs that are compared, each as the command that anonymizes one clip."""

import json
import subprocess
import sys
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clips import PASSERBY
from passerby.sinks.codecs import codec_for
from passerby.sinks.encoding import Encoding
from passerby.sinks.formats import VIDEO_FORMATS
from usage import ProgramError

__all__ = ["CONTENDERS", "FLOOR", "Contender", "install_deface"]

DEFACE = "1.5.0"
DEFACE_FOLDER = Path(__file__).resolve().parents[1] / ".cache" / "deface"
_DEFACE_BIN = DEFACE_FOLDER / "bin"

_TRANSCODE = str(Path(__file__).with_name("transcode.py"))
_CODEC = codec_for(Path("copy.mp4"), VIDEO_FORMATS[".mp4"], Encoding())
"""The encoder and its options that passerby writes MP4 with; all others get the same."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A program.

    Attributes:
        name: In tables.
        command: Makes the command from the paths of the clip and of the copy to write.
    """

    name: str
    command: Callable[[str, str], list[str]]


def _passerby(clip: str, copy: str) -> list[str]:
    return [PASSERBY, "anonymize", clip, "-o", copy, "--operator", "blackout", "--quiet"]


def _deface(clip: str, copy: str) -> list[str]:
    options = [word for name, value in _CODEC.options.items() for word in (f"-{name}", value)]
    encoding = {"codec": _CODEC.encoder, "quality": None, "output_params": options}
    chosen = ["--replacewith", "solid", "--ffmpeg-config", json.dumps(encoding)]
    return [str(_DEFACE_BIN / "deface"), clip, "-o", copy, *chosen]


def _transcode(clip: str, copy: str) -> list[str]:
    return [sys.executable, _TRANSCODE, clip, copy, _CODEC.encoder, json.dumps(_CODEC.options)]


def _frame_by_frame(clip: str, copy: str) -> list[str]:
    return [*_transcode(clip, copy), "--frame-by-frame"]


FLOOR = "floor"
CONTENDERS = {
    "passerby": Contender("passerby, heads black", _passerby),
    "deface": Contender(f"deface {DEFACE}, faces black", _deface),
    "frame-by-frame": Contender("YOLOX-nano, tops black, frame by frame", _frame_by_frame),
    FLOOR: Contender("decode and encode alone", _transcode),
}


def install_deface() -> list[str]:
    """Make an environment for deface, unless it is there.

    Returns:
        The versions of all that is in it, as pip gives them.

    Raises:
        ProgramError: If it cannot be installed.
    """
    pip = str(_DEFACE_BIN / "pip")
    try:
        if not (_DEFACE_BIN / "deface").exists():
            venv.create(DEFACE_FOLDER, with_pip=True, clear=True)
            _said([pip, "install", "--quiet", f"deface=={DEFACE}"])
        return _said([pip, "freeze"]).split()
    except subprocess.CalledProcessError as error:
        last = (error.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise ProgramError(f"deface could not be installed: {last}") from error


def _said(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
