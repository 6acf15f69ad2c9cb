"""The editor shows covered pictures to whoever has the link, and saves each edit at once."""

import json
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.routing import Route

from passerby.errors import ConfigError, InputError
from passerby.runs.edit.edits_file import read_edits
from passerby.runs.edit.session import EditedCopy, EditSession, edited_copy
from passerby.serve.editor import rendering as rendering_module
from passerby.serve.editor.app import EditorDoor
from passerby.serve.editor.edit_list import EditList
from passerby.sources import open_source

HEAD = slice(28, 44), slice(52, 68)
MISSED = slice(30, 46), slice(172, 188)
DRAWN: dict[str, Any] = {"what": "cover", "frame": 8, "box": [158, 18, 44, 44]}
MARK = 4.0
"""Standard deviation of pixels from which on the pattern of a person is there."""


def decoded(content: bytes) -> npt.NDArray[np.uint8]:
    return np.asarray(cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def pattern(image: npt.NDArray[np.uint8], where: tuple[slice, slice]) -> float:
    return float(image[where].std())


def test_every_route_is_closed_to_strangers(stranger: TestClient) -> None:
    routes = [one for one in stranger.app.routes if isinstance(one, Route)]  # type: ignore[attr-defined]
    included = ["/", "/facts", "/frame/0", "/static/editor.js", "/render"]
    for path in included:
        assert stranger.get(path).status_code == 403, path
    for path in ("/edits", "/undo", "/redo", "/render", "/preview/0"):
        assert stranger.post(path, json=DRAWN).status_code == 403, path
    known = {"/enter", "/", "/static/{name}", "/facts", "/frame/{index}", "/preview/{index}"}
    known |= {"/edits", "/undo", "/redo", "/render"}
    assert {one.path for one in routes} <= known, "a new route: try it here"


def test_the_link_works_once(stranger: TestClient, door: EditorDoor) -> None:
    key = door.link_key
    assert stranger.get("/enter?key=guess").status_code == 403
    assert stranger.get(f"/enter?key={key}").status_code == 303
    assert stranger.get("/").status_code == 200
    assert stranger.get(f"/enter?key={key}").status_code == 403


def test_other_pages_and_other_names_are_refused(editor: TestClient) -> None:
    elsewhere = {"origin": "http://elsewhere.example"}
    assert editor.post("/edits", json=DRAWN, headers=elsewhere).status_code == 403
    assert editor.get("/facts", headers={"host": "elsewhere.example"}).status_code == 421
    policy = editor.get("/").headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")


def test_no_response_shows_a_person(editor: TestClient, copy: EditedCopy) -> None:
    with open_source(copy.source) as source:
        raw = next(iter(source)).image
    assert pattern(raw, HEAD) > MARK
    edits = [
        {"what": "remove", "track": 1},
        {"what": "treat", "track": 1, "visible": True},
        {"what": "split", "track": 1, "frame": 4, "number": 9},
    ]
    for edit in edits:
        preview = editor.post("/preview/5", json=edit)
        assert preview.status_code == 200
        assert pattern(decoded(preview.content), HEAD) < MARK
        assert editor.post("/edits", json=edit).status_code == 200
        for frame in (0, 5, 15):
            shown = decoded(editor.get(f"/frame/{frame}").content)
            assert pattern(shown, HEAD) < MARK, (edit, frame)


def test_a_drawn_box_is_followed_saved_and_taken_back(editor: TestClient, copy: EditedCopy) -> None:
    assert pattern(decoded(editor.get("/frame/8").content), MISSED) > MARK
    state = editor.post("/edits", json=DRAWN).json()
    assert state["edits"][0]["reach"] == [0, 15]
    assert pattern(decoded(editor.get("/frame/8").content), MISSED) < MARK
    (saved,) = read_edits(copy.edits_file).edit
    assert saved.what == "cover"
    assert saved.when is not None
    assert editor.post("/undo").json() == {"edits": [], "can_redo": True}
    assert pattern(decoded(editor.get("/frame/8").content), MISSED) > MARK
    assert read_edits(copy.edits_file).edit == ()
    assert len(editor.post("/redo").json()["edits"]) == 1


def test_facts_hold_what_the_page_needs(editor: TestClient) -> None:
    facts = editor.get("/facts").json()
    assert (facts["frames"], facts["width"], facts["height"], facts["rate"]) == (16, 320, 200, 25)
    assert [one["track"] for one in facts["tracks"]] == [1]
    assert facts["edits"] == []


@pytest.mark.parametrize(
    "wrong",
    [{}, {"what": "paint"}, {"what": "cover", "frame": 1, "box": [1, 2, 0, 4]}, {"what": "remove"}],
)
def test_an_edit_that_means_nothing_is_told(editor: TestClient, wrong: dict[str, Any]) -> None:
    answer = editor.post("/edits", json=wrong)
    assert answer.status_code == 422
    assert "means nothing" in answer.json()["detail"]


def test_no_such_frame(editor: TestClient) -> None:
    assert editor.get("/frame/99").json() == {"detail": "there is no frame 99: the last is 15"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(st.lists(st.sampled_from(["add", "undo", "redo"]), max_size=12))
def test_undo_and_redo_are_a_pile(copy: EditedCopy, steps: list[str]) -> None:
    copy.edits_file.unlink(missing_ok=True)
    edits = EditList(copy)
    done: list[int] = []
    undone: list[int] = []
    for number, step in enumerate(steps):
        if step == "add":
            edits.add({"what": "cover", "frame": number, "box": [1, 1, 5, 5]})
            done, undone = [*done, number], []
        elif step == "undo":
            edits.undo()
            undone += done[-1:]
            done = done[:-1]
        else:
            edits.redo()
            done += undone[-1:]
            undone = undone[:-1]
        assert [one.frame for one in edits.edits] == done  # type: ignore[union-attr]
    if done:
        assert EditList(copy).edits == edits.edits


def test_a_source_that_is_gone_or_changed_is_told(copy: EditedCopy) -> None:
    content = copy.source.read_bytes()
    copy.source.write_bytes(content + b" ")
    with pytest.raises(InputError, match="was changed since"):
        edited_copy(copy.report)
    copy.source.unlink()
    with pytest.raises(InputError, match="does not exist: put it back"):
        edited_copy(copy.report)


def test_edits_of_another_source_are_not_taken(copy: EditedCopy) -> None:
    copy.edits_file.write_text(f'edits = 1\n[source]\nsha256 = "{"0" * 64}"\n')
    with pytest.raises(ConfigError, match="another source"):
        EditList(copy)


def test_the_page_shows_what_the_copy_will_be(copy: EditedCopy) -> None:
    edits = EditList(copy)
    edits.add(DRAWN)
    session = EditSession(copy)
    told: list[dict[str, Any]] = []

    class Pipe:
        def send(self, state: dict[str, Any]) -> None:
            told.append(state)

    end = rendering_module._rendered(Pipe(), copy)  # type: ignore[arg-type]
    assert end["copy"] == str(copy.target)
    assert end["uncovered"] == 0
    assert told == [{"running": True, "done": 10}]
    report = json.loads(copy.target_report.read_text())
    assert report["items"][0]["edits"][0]["what"] == "cover"
    with open_source(copy.target) as source:
        for frame in source:
            shown = decoded(session.jpeg(frame.index, edits.edits)).astype(int)
            assert np.abs(shown - frame.image).mean() < 6
