"""Raw pixels of heads are in no file of a site: not of the store, and not of temporary ones."""

import os
import signal
import tempfile
from collections.abc import Mapping
from pathlib import Path

import av
import numpy as np
import pytest

from passerby.evaluate.tracking.files import read_tracks
from passerby.site import demo
from passerby.site.demo import film_site
from passerby.site.run import run_site
from passerby.site.settings import read_site
from passerby.site.site_store import make_site_store, open_site_store
from passerby.site.supervisor import CameraState, Supervisor
from passerby.store.reading import stored_snippets, stored_tracks

PIECE = 48
"""Bytes that are looked for: 16 pixels."""

_VARIED = 16
"""Values that they have at least: a plain area could be anywhere."""


class _StoppedError(Exception):
    pass


@pytest.fixture
def filmed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site with one camera, whose processes write temporary files below its folder."""
    monkeypatch.setattr(demo, "SECONDS", 6.0)
    monkeypatch.setattr(demo, "PEOPLE", 6)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    return film_site(tmp_path, 3, 1, lambda: None)


def heads(folder: Path) -> list[bytes]:
    """Pieces of rows of pixels across the upper parts of people, as a camera's process has them."""
    people = read_tracks(folder / "camera-1" / "gt" / "gt.txt")
    pieces = set()
    with av.open(str(folder / "camera-1.mp4")) as film:
        for number, frame in enumerate(film.decode(video=0)):
            image = frame.to_ndarray(format="bgr24")
            for box in people.boxes[people.frames == number]:
                left, top, right, bottom = np.round(box).astype(int)
                row = max(top + (bottom - top) // 12, 0)
                start = max((left + right) // 2 - PIECE // 6, 0)
                piece = image[row, start : start + PIECE // 3].tobytes()
                if len(piece) == PIECE and len(set(piece)) >= _VARIED:
                    pieces.add(piece)
    return sorted(pieces)


def found_in(folder: Path, pieces: list[bytes]) -> list[str]:
    """Files below a folder, without the films themselves, that hold any of the pieces."""
    files = [one for one in folder.rglob("*") if one.is_file() and one.suffix != ".mp4"]
    contents = ((one.name, one.read_bytes()) for one in files)
    return sorted(name for name, content in contents if any(one in content for one in pieces))


@pytest.mark.slow
def test_no_file_holds_raw_heads_while_a_site_runs_or_after_it_was_killed(filmed: Path) -> None:
    folder, site = filmed.parent, read_site(filmed)
    pieces = heads(folder)
    assert len(pieces) > 50
    make_site_store(site)
    supervisor, looked = Supervisor(site, lambda _: None), list[Mapping[str, CameraState]]()

    def kill_all() -> None:
        if supervisor.states["camera-1"].frames < 40:
            return
        looked.append(supervisor.states)
        assert found_in(folder, pieces) == []
        for one in supervisor._running.values():
            if one.process is not None and one.process.pid is not None:
                os.kill(one.process.pid, signal.SIGKILL)
                one.process.join()
        assert found_in(folder, pieces) == []
        raise _StoppedError

    with pytest.raises(_StoppedError):
        supervisor.run(None, kill_all)
    assert len(looked) == 1
    run_site(site, lambda _: None)
    with open_site_store(site) as store:
        assert any(stored_snippets(store, one.number) for one in stored_tracks(store))
    assert found_in(folder, pieces) == []
    (folder / "tmp" / "leak").write_bytes(b"before" + pieces[7] + b"after")
    assert found_in(folder, pieces) == ["leak"]
