"""A copy that is corrected: somebody whom the detector finds, and somebody whom it misses."""

from pathlib import Path

import av
import numpy as np
import pytest
from av import VideoFrame
from fastapi.testclient import TestClient

from passerby.pipeline.settings import Settings
from passerby.runs.anonymize.batch import AnonymizationRun
from passerby.runs.anonymize.report import entries_of, report_head, write_report
from passerby.runs.edit.session import EditedCopy, EditSession, edited_copies
from passerby.serve.editor.app import EditorDoor, editor_app
from passerby.serve.editor.desk import Desk
from passerby.sinks import plan
from passerby.sources import expand

FRAMES = 16
HEAD = slice(28, 44), slice(52, 68)
"""Rows and columns in the middle of the head that the detector finds, in every frame."""
MISSED = slice(30, 46), slice(172, 188)
"""The same of the one that it misses, in frame 8."""


def marked(image: np.ndarray, left: int, low: int, high: int) -> None:
    """Somebody with a pattern of single pixels, which no cover shows."""
    rows, columns = np.mgrid[20:180, left : left + 40]
    image[20:180, left : left + 40] = np.where((rows + columns) % 2, high, low)[..., None]


class Silent:
    def start(self, name: str, medium: object) -> None: ...
    def advance(self) -> None: ...
    def finish(self, item: object) -> None: ...


@pytest.fixture
def copy(tmp_path: Path, bright_people: None) -> EditedCopy:
    path = tmp_path / "walk.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 200, "bgr0"
        for index in range(FRAMES):
            image = np.full((200, 320, 3), 90, np.uint8)
            image[::8] = 120
            marked(image, 40, 237, 255)
            marked(image, 144 + 2 * index, 100, 200)
            container.mux(stream.encode(VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode())
    report = tmp_path / "safe.json"
    settings = Settings.of(report=str(report))
    batch = AnonymizationRun(settings, Silent())
    try:
        batch.process(plan(expand([path]), str(tmp_path / "safe.mp4")))
        assert batch.records.log is not None
        write_report(report, report_head(settings, {}), entries_of(batch.items, batch.records.log))
    finally:
        batch.close()
    (found,) = edited_copies(report)
    return found


@pytest.fixture
def door() -> EditorDoor:
    return EditorDoor(8766)


@pytest.fixture
def stranger(copy: EditedCopy, door: EditorDoor) -> TestClient:
    """Somebody without the link."""
    app = editor_app(Desk([copy], EditSession), door)
    return TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)


@pytest.fixture
def editor(stranger: TestClient, door: EditorDoor) -> TestClient:
    """Somebody who has opened the link."""
    stranger.get(f"/enter?key={door.link_key}")
    stranger.headers["origin"] = "http://127.0.0.1"
    return stranger
