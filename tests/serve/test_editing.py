"""Copies are corrected from the console: by officers, under their names, a folder of reports."""

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.serve.conftest import Filled, Served, copied, serving
from websockets.sync.client import connect

from passerby.errors import InputError
from passerby.pipeline.settings import Settings
from passerby.runs.anonymize.batch import AnonymizationRun
from passerby.runs.anonymize.report import entries_of, report_head, write_report
from passerby.runs.edit.edits_file import read_edits
from passerby.serve.editor import report_desks
from passerby.serve.editor.desk import Desk
from passerby.serve.editor.rendering import RenderState
from passerby.serve.editor.report_desks import ReportDesks
from passerby.sinks import plan
from passerby.sources import expand
from passerby.store.audit import read_audit

DRAWN = {"what": "cover", "frame": 0, "box": [58, 8, 14, 14]}


class Silent:
    def start(self, name: str, medium: object) -> None: ...
    def advance(self) -> None: ...
    def finish(self, item: object) -> None: ...


def anonymized(folder: Path, name: str) -> None:
    """A picture, its copy and its report."""
    image = np.full((60, 90, 3), 90, np.uint8)
    image[10:50, 20:30] = 255
    image[10:50, 60:70] = 200
    cv2.imwrite(str(folder / f"{name}.png"), image)
    settings = Settings.of(report=str(folder / f"{name}.json"))
    batch = AnonymizationRun(settings, Silent())
    try:
        batch.process(plan(expand([folder / f"{name}.png"]), str(folder / f"{name}-safe.png")))
        assert batch.records.log is not None
        entries = entries_of(batch.items, batch.records.log)
        write_report(folder / f"{name}.json", report_head(settings, {}), entries)
    finally:
        batch.close()


@pytest.fixture
def reports(tmp_path: Path, bright_people: None) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    anonymized(folder, "street")
    (folder / "boxes.json").write_text('{"images": []}')
    return folder


@pytest.fixture
def editing(filled_once: Filled, tmp_path: Path, reports: Path) -> Iterator[Served]:
    """A console that is served with a folder of reports."""
    with serving(copied(filled_once, tmp_path / "site"), reports=reports) as served:
        yield served


@pytest.mark.slow
def test_an_officer_corrects_a_copy_under_their_name(editing: Served, reports: Path) -> None:
    otto = editing.browser("otto")
    otto.timeout = 120  # until the process that holds the source has started
    assert '<a href="/edit/street/">' in otto.get("/edit").text
    assert "boxes" not in otto.get("/edit").text
    page = otto.get("/edit/street/")
    assert f'content="{otto.form_key}"' in page.text
    key = {"x-form-key": otto.form_key}
    state = otto.post("/edit/street/file/0/edits", json=DRAWN, headers=key)
    assert state.status_code == 200
    (edit,) = read_edits(reports / "street.edits.toml").edit
    assert edit.by == "otto"
    shown = otto.get("/edit/street/file/0/frame/0")
    picture = cv2.imdecode(np.frombuffer(shown.content, np.uint8), cv2.IMREAD_COLOR)
    assert picture[15, 65].max() < 40
    seen = [(one.who, one.what, one.subject) for one in read_audit(editing.store)]
    assert ("otto", "edit", "report street") in seen
    cookies = "; ".join(f"{name}={value}" for name, value in otto.cookies.items())
    address = f"{editing.address.replace('http', 'ws')}/edit/street/progress"
    with connect(
        f"{address}?form_key={otto.form_key}",
        origin=editing.address,
        additional_headers={"cookie": cookies},
        proxy=None,
    ) as socket:
        assert json.loads(socket.recv(10))["running"] is False


def test_an_edit_without_the_key_of_the_session_is_refused(editing: Served, reports: Path) -> None:
    answer = editing.browser("otto").post("/edit/street/file/0/edits", json=DRAWN)
    assert answer.status_code == 403
    assert not (reports / "street.edits.toml").exists()


@pytest.mark.parametrize("who", ["inga", "vera", "ursa", None])
def test_others_see_neither_the_entry_nor_a_report(editing: Served, who: str | None) -> None:
    browser = editing.browser(who)
    assert 'href="/edit"' not in browser.get("/", follow_redirects=True).text
    for path in ("/edit", "/edit/street/", "/edit/street/file/0/frame/0", "/edit/street/files"):
        assert browser.get(path).status_code == (303 if who is None else 403)


@pytest.mark.parametrize("name", ["none", "boxes", "..%2fstreet", "%2e%2e", "street.json"])
def test_nothing_but_reports_of_the_folder_is_opened(editing: Served, name: str) -> None:
    assert editing.browser("ada").get(f"/edit/{name}/").status_code in (404, 422)


def test_a_body_that_is_long_or_is_no_json_is_refused(editing: Served) -> None:
    ada = editing.browser("ada")
    for body, status in ((b"[" * 60_000, 422), (b"{", 422), (b"x" * 70_000, 413)):
        answer = ada.post(
            "/edit/street/file/0/edits", content=body, headers={"x-form-key": ada.form_key}
        )
        assert answer.status_code == status


def test_the_report_used_longest_ago_is_closed_for_another(
    reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_desks, "MOST_OPEN", 1)
    anonymized(reports, "yard")
    desks = ReportDesks(reports)
    first = desks.desk("street")
    assert desks.desk("street") is first
    second = desks.desk("yard")
    assert desks.desk("yard") is second
    second.rendering.state = RenderState(running=True)
    with pytest.raises(InputError, match="being written"):
        desks.desk("street")
    second.rendering.state = RenderState()
    assert isinstance(desks.desk("street"), Desk)
    desks.close()
