"""The editor shows covered pictures to whoever has the link, and saves each edit at once."""

import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
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
from passerby.pipeline.settings import Settings
from passerby.runs.anonymize.batch import AnonymizationRun
from passerby.runs.anonymize.report import entries_of, report_head, write_report
from passerby.runs.edit.edits import Dismissal
from passerby.runs.edit.edits_file import read_edits
from passerby.runs.edit.session import EditedCopy, EditSession, edited_copies
from passerby.serve.editor import rendering as rendering_module
from passerby.serve.editor.app import EditorDoor, editor_app
from passerby.serve.editor.desk import Desk
from passerby.serve.editor.edit_list import EditList
from passerby.serve.editor.rendering import RenderState
from passerby.sinks import plan
from passerby.sources import expand, open_source

HEAD = slice(28, 44), slice(52, 68)
MISSED = slice(30, 46), slice(172, 188)
DRAWN: dict[str, Any] = {"what": "cover", "frame": 8, "box": [158, 18, 44, 44]}
MARK = 4.0
"""Standard deviation of pixels from which on the pattern of a person is there."""


class Silent:
    def start(self, name: str, medium: object) -> None: ...
    def advance(self) -> None: ...
    def finish(self, item: object) -> None: ...


def decoded(content: bytes) -> npt.NDArray[np.uint8]:
    return np.asarray(cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def pattern(image: npt.NDArray[np.uint8], where: tuple[slice, slice]) -> float:
    return float(image[where].std())


def test_every_route_is_closed_to_strangers(stranger: TestClient) -> None:
    routes = [one for one in stranger.app.routes if isinstance(one, Route)]  # type: ignore[attr-defined]
    included = ["/", "/files", "/file/0/facts", "/file/0/frame/0", "/static/editor.js", "/render"]
    included += ["/file/0/thumbnails", "/file/0/thumbnail/1", "/file/0/offer/0"]
    for path in included:
        assert stranger.get(path).status_code == 403, path
    for path in (
        "/file/0/edits",
        "/file/0/undo",
        "/file/0/redo",
        "/render",
        "/file/0/preview/0",
        "/file/0/accept/0",
        "/file/0/dismiss",
    ):
        assert stranger.post(path, json=DRAWN).status_code == 403, path
    known = {"/enter", "/", "/static/{name}", "/files", "/render"}
    known |= {f"/file/{{file}}/{name}" for name in ("facts", "frame/{index}", "preview/{index}")}
    known |= {f"/file/{{file}}/{name}" for name in ("thumbnails", "thumbnail/{track}")}
    known |= {f"/file/{{file}}/{name}" for name in ("edits", "undo", "redo")}
    assert {one.path for one in routes} <= known, "a new route: try it here"


def test_the_link_works_once(stranger: TestClient, door: EditorDoor) -> None:
    key = door.link_key
    assert stranger.get("/enter?key=guess").status_code == 403
    assert stranger.get(f"/enter?key={key}").status_code == 303
    assert stranger.get("/").status_code == 200
    assert stranger.get(f"/enter?key={key}").status_code == 403


def test_other_pages_and_other_names_are_refused(editor: TestClient) -> None:
    elsewhere = {"origin": "http://elsewhere.example"}
    assert editor.post("/file/0/edits", json=DRAWN, headers=elsewhere).status_code == 403
    assert editor.get("/file/0/facts", headers={"host": "elsewhere.example"}).status_code == 421
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
        preview = editor.post("/file/0/preview/5", json=edit)
        assert preview.status_code == 200
        assert pattern(decoded(preview.content), HEAD) < MARK
        assert editor.post("/file/0/edits", json=edit).status_code == 200
        for frame in (0, 5, 15):
            shown = decoded(editor.get(f"/file/0/frame/{frame}").content)
            assert pattern(shown, HEAD) < MARK, (edit, frame)


def test_a_drawn_box_is_followed_saved_and_taken_back(editor: TestClient, copy: EditedCopy) -> None:
    assert pattern(decoded(editor.get("/file/0/frame/8").content), MISSED) > MARK
    state = editor.post("/file/0/edits", json=DRAWN).json()
    assert state["edits"][0]["reach"] == [0, 15]
    assert pattern(decoded(editor.get("/file/0/frame/8").content), MISSED) < MARK
    (saved,) = read_edits(copy.edits_file).edit
    assert saved.what == "cover"
    assert saved.when is not None
    undone = editor.post("/file/0/undo").json()
    assert (undone["edits"], undone["can_redo"]) == ([], True)
    assert pattern(decoded(editor.get("/file/0/frame/8").content), MISSED) > MARK
    assert read_edits(copy.edits_file).edit == ()
    assert len(editor.post("/file/0/redo").json()["edits"]) == 1


def test_facts_hold_what_the_page_needs(editor: TestClient) -> None:
    facts = editor.get("/file/0/facts").json()
    assert (facts["frames"], facts["width"], facts["height"], facts["rate"]) == (16, 320, 200, 25)
    assert [one["track"] for one in facts["tracks"]] == [1]
    assert facts["edits"] == []


@pytest.mark.parametrize(
    "wrong",
    [{}, {"what": "paint"}, {"what": "cover", "frame": 1, "box": [1, 2, 0, 4]}, {"what": "remove"}],
)
def test_an_edit_that_means_nothing_is_told(editor: TestClient, wrong: dict[str, Any]) -> None:
    answer = editor.post("/file/0/edits", json=wrong)
    assert answer.status_code == 422
    assert "means nothing" in answer.json()["detail"]


def test_no_such_frame(editor: TestClient) -> None:
    assert editor.get("/file/0/frame/99").json() == {
        "detail": "there is no frame 99: the last is 15"
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(st.lists(st.sampled_from(["add", "undo", "redo"]), max_size=12))
def test_undo_and_redo_are_a_pile(copy: EditedCopy, steps: list[str]) -> None:
    copy.edits_file.unlink(missing_ok=True)
    edits = EditList(copy)
    done: list[int] = []
    undone: list[int] = []
    for number, step in enumerate(steps):
        if step == "add":
            edits.add([{"what": "cover", "frame": number, "box": [1, 1, 5, 5]}])
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
        edited_copies(copy.report)
    copy.source.unlink()
    with pytest.raises(InputError, match="does not exist: put it back"):
        edited_copies(copy.report)


def test_edits_of_another_source_are_not_taken(copy: EditedCopy) -> None:
    copy.edits_file.write_text(f'edits = 1\n[source]\nsha256 = "{"0" * 64}"\n')
    with pytest.raises(ConfigError, match="another source"):
        EditList(copy)


def test_the_page_shows_what_the_copy_will_be(copy: EditedCopy) -> None:
    edits = EditList(copy)
    edits.add([DRAWN])
    session = EditSession(copy)
    told: list[dict[str, Any]] = []

    class Pipe:
        def send(self, state: dict[str, Any]) -> None:
            told.append(state)

    pipe: Any = Pipe()
    end = rendering_module._rendered(rendering_module._Told(pipe, "walk.mkv", 1, 1), copy)
    assert end["copy"] == str(copy.target)
    assert end["uncovered"] == 0
    assert [one["done"] for one in told] == [10]
    report = json.loads(copy.target_report.read_text())
    assert report["items"][0]["edits"][0]["what"] == "cover"
    with open_source(copy.target) as source:
        for frame in source:
            shown = decoded(session.jpeg(frame.index, edits.edits)).astype(int)
            assert np.abs(shown - frame.image).mean() < 6


def test_tracks_are_those_that_edits_leave(editor: TestClient) -> None:
    split = {"what": "split", "track": 1, "frame": 6, "number": 4}
    state = editor.post("/file/0/edits", json=split).json()
    assert [(one["track"], one["first"], one["last"]) for one in state["tracks"]] == [
        (1, 0, 5),
        (4, 6, 15),
    ]
    joined = editor.post("/file/0/edits", json={"what": "join", "tracks": [4, 1]}).json()
    assert [(one["track"], one["first"], one["last"]) for one in joined["tracks"]] == [(4, 0, 15)]


def test_several_edits_are_made_at_once_or_none(editor: TestClient, copy: EditedCopy) -> None:
    wrong = editor.post("/file/0/edits", json=[DRAWN, {"what": "paint"}])
    assert wrong.status_code == 422
    assert not copy.edits_file.exists()
    assert len(editor.post("/file/0/edits", json=[DRAWN, DRAWN]).json()["edits"]) == 2


def test_small_pictures_of_tracks_are_covered(editor: TestClient) -> None:
    until = time.monotonic() + 60
    while not (state := editor.get("/file/0/thumbnails").json())["done"]:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert state["tracks"] == [1]
    shown = decoded(editor.get("/file/0/thumbnail/1").content)
    # A person of 16x64 pixels with a quarter around it; the head above is black.
    height, width = shown.shape[:2]
    assert height > width
    assert shown[height // 6 : height // 4, width // 3 : -width // 3].max() < 30
    assert editor.get("/file/0/thumbnail/9").status_code == 404


def test_a_doubt_is_settled_by_what_covers_it(copy: EditedCopy, editor: TestClient) -> None:
    report = json.loads(copy.report.read_text())
    place = {"frame": 8, "time": 0.32, "reason": "head found again, uncovered", "weight": 1}
    elsewhere = {**place, "frame": 9, "boxes": [[10, 150, 20, 20]]}
    report["items"][0]["review"] = [{**place, "boxes": [[160, 20, 30, 30]]}, elsewhere]
    copy.report.write_text(json.dumps(report))
    assert editor.get("/file/0/facts").json()["settled"] == []
    assert editor.post("/file/0/edits", json=DRAWN).json()["settled"] == [0]
    whole = {"what": "cover_time", "time": "0.3-0.4"}
    assert editor.post("/file/0/edits", json=whole).json()["settled"] == [0, 1]


def with_doubts(copy: EditedCopy) -> None:
    """Put three doubts into the report: a head that is lost for a while, and two that are fine."""
    report = json.loads(copy.report.read_text())
    seen = [[4, [156, 20, 32, 32]], [12, [172, 20, 32, 32]]]
    places = [
        {"frame": 6, "box": [160, 20, 32, 32], "seen": seen[0]},
        {"frame": 10, "box": [168, 20, 32, 32], "seen": seen[1]},
    ]
    lost = {"reason": "a head is lost", "weight": 0.9, "kind": "lost", "places": places}
    weak = {"reason": "seen once", "weight": 0.2, "kind": "weak"}
    report["items"][0]["review"] = [
        {**lost, "frame": 6, "time": 0.24, "boxes": [[160, 20, 32, 32]]},
        {**weak, "frame": 2, "time": 0.08, "boxes": [[40, 20, 40, 160]]},
        {**weak, "frame": 3, "time": 0.12},
    ]
    copy.report.write_text(json.dumps(report))


def test_what_is_proposed_is_followed_from_where_it_was_seen(
    copy: EditedCopy, editor: TestClient
) -> None:
    with_doubts(copy)
    left, top, width, height = editor.get("/file/0/offer/0").json()
    assert (left, top) == pytest.approx((160, 20), abs=6)  # its checks look alike
    assert (width, height) == pytest.approx((32, 32), abs=4)
    state = editor.post("/file/0/accept/0").json()
    (cover,) = state["edits"]  # it reaches the second place, which needs no other
    assert (cover["what"], cover["frame"], cover["first"], cover["last"]) == ("cover", 4, 4, 12)
    assert (cover["reach"], state["settled"]) == ([4, 12], [0])
    assert pattern(decoded(editor.get("/file/0/frame/8").content), MISSED) < MARK
    assert editor.post("/file/0/undo").json()["settled"] == []


def test_doubts_that_are_fine_are_dismissed_at_once_and_taken_back_at_once(
    copy: EditedCopy, editor: TestClient
) -> None:
    with_doubts(copy)
    state = editor.post("/file/0/dismiss", json=[1, 2]).json()
    assert state["settled"] == [1, 2]
    first, second = read_edits(copy.edits_file).edit
    assert isinstance(first, Dismissal)
    assert isinstance(second, Dismissal)
    assert (first.frame, first.doubt, first.box) == (2, "weak", (40, 20, 40, 160))
    assert (second.frame, second.box) == (3, None)
    assert editor.post("/file/0/undo").json()["edits"] == []
    assert editor.post("/file/0/redo").json()["settled"] == [1, 2]


@pytest.mark.parametrize(
    ("path", "body"), [("accept/9", {}), ("accept/1", {}), ("dismiss", [9]), ("dismiss", ["x"])]
)
def test_no_such_doubt(copy: EditedCopy, editor: TestClient, path: str, body: object) -> None:
    with_doubts(copy)
    assert editor.post(f"/file/0/{path}", json=body).status_code == 422
    assert editor.get("/file/0/offer/1").status_code == 422
    assert not copy.edits_file.exists()


def test_where_whole_people_are_covered_no_head_is_proposed(
    copy: EditedCopy, editor: TestClient
) -> None:
    with_doubts(copy)
    report = json.loads(copy.report.read_text())
    report["settings"]["cover"]["regions"] = ["people"]
    copy.report.write_text(json.dumps(report))
    (changed,) = edited_copies(copy.report)
    desk = Desk([changed], EditSession)
    assert desk.worker(0).facts()["queue"][0]["places"] == ()
    with pytest.raises(InputError, match="draw a box"):
        desk.worker(0).proposed(0, ())


# --- Several files --------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, bright_people: None) -> list[EditedCopy]:
    """A report of two pictures and a video, of which one picture shows somebody who was missed."""
    inputs = tmp_path / "in"
    inputs.mkdir()
    for name, level in (("a.png", 200), ("b.png", 150)):
        image = np.full((60, 90, 3), 90, np.uint8)
        image[10:50, 20:30] = 255
        image[10:50, 60:70] = level
        cv2.imwrite(str(inputs / name), image)
    report = tmp_path / "out.json"
    chosen = Settings.of(report=str(report))
    batch = AnonymizationRun(chosen, Silent())
    try:
        batch.process(plan(expand([inputs]), str(tmp_path / "out")))
        assert batch.records.log is not None
        write_report(report, report_head(chosen, {}), entries_of(batch.items, batch.records.log))
    finally:
        batch.close()
    return edited_copies(report)


def test_pictures_of_a_folder_are_corrected_each(folder: list[EditedCopy]) -> None:
    desk, door = Desk(folder, EditSession), EditorDoor(8766)
    client = TestClient(editor_app(desk, door), base_url="http://127.0.0.1")
    client.get(f"/enter?key={door.link_key}")
    client.headers["origin"] = "http://127.0.0.1"
    assert [one["name"] for one in client.get("/files").json()] == ["a.png", "b.png"]
    assert not client.get("/file/1/facts").json()["timed"]
    drawn = {"what": "cover", "frame": 0, "box": [58, 8, 14, 14], "shape": "box"}
    assert client.post("/file/1/edits", json=drawn).status_code == 200
    assert [one["edits"] for one in client.get("/files").json()] == [0, 1]
    shown = decoded(client.get("/file/1/frame/0").content)
    assert shown[15, 65].max() < 30
    assert decoded(client.get("/file/0/frame/0").content)[15, 65].max() > 30
    assert client.get("/file/2/facts").json() == {"detail": "there is no file 2: the last is 1"}
    names = {one.edits_file.name for one in folder} | {one.target.name for one in folder}
    assert names == {
        "out.1-a.edits.toml",
        "out.2-b.edits.toml",
        "a_edited.png",
        "b_edited.png",
    }


def test_one_source_of_several_may_be_gone(folder: list[EditedCopy]) -> None:
    folder[0].source.unlink()
    desk = Desk(edited_copies(folder[0].report), EditSession)
    with pytest.raises(InputError, match="does not exist: put it back"):
        desk.worker(0)
    assert desk.worker(1).facts()["frames"] == 1


def test_there_is_nothing_to_write_without_edits(folder: list[EditedCopy]) -> None:
    with pytest.raises(InputError, match="no edit yet"):
        Desk(folder, EditSession).render(None)


# --- What goes wrong ------------------------------------------------------------------------


def rendered(desk: Desk) -> RenderState:
    """The state once all copies are written, or could not be."""
    desk.render(None)
    until = time.monotonic() + 300
    while desk.rendering.state.running:
        assert time.monotonic() < until
        time.sleep(0.05)
    return desk.rendering.state


def test_a_source_that_changes_while_the_editor_is_open_is_not_written(copy: EditedCopy) -> None:
    desk = Desk([copy], EditSession)
    desk.edits[0].add([DRAWN])
    assert desk.worker(0).jpeg(3, ())
    copy.source.write_bytes(copy.source.read_bytes() + b" ")
    state = rendered(desk)
    assert "was changed since" in (state.error or "")
    assert state.copies == ()
    assert not copy.target.exists()
    with pytest.raises(InputError, match="was changed since"):
        Desk([copy], EditSession).worker(0)


def test_edits_of_another_source_are_told_when_they_are_written(copy: EditedCopy) -> None:
    desk = Desk([copy], EditSession)
    desk.edits[0].add([DRAWN])
    text = copy.edits_file.read_text()
    copy.edits_file.write_text(text.replace(copy.sha256, "0" * 64))
    assert "holds edits of another file" in (rendered(desk).error or "")
    assert not copy.target.exists()


Disk = Callable[[int], AbstractContextManager[None]]


def test_a_full_disk_loses_no_edit_that_was_saved(
    editor: TestClient, copy: EditedCopy, disk_of: Disk
) -> None:
    editor.post("/file/0/edits", json=DRAWN)
    saved = copy.edits_file.read_bytes()
    with disk_of(len(saved) + 10):
        answer = editor.post("/file/0/edits", json=DRAWN)
    assert answer.status_code == 422
    assert str(copy.edits_file) in answer.json()["detail"]
    assert copy.edits_file.read_bytes() == saved
    assert len(editor.get("/file/0/facts").json()["edits"]) == 1
    assert sorted(copy.report.parent.glob("*partial*")) == []
    assert len(editor.post("/file/0/edits", json=DRAWN).json()["edits"]) == 2


def test_a_full_disk_leaves_no_half_copy(copy: EditedCopy, disk_of: Disk) -> None:
    EditList(copy).add([DRAWN])
    copy.target.write_bytes(b"the copy before")

    class Pipe:
        def send(self, state: dict[str, Any]) -> None: ...

    pipe: Any = Pipe()
    told = rendering_module._Told(pipe, "walk.mkv", 1, 1)
    with disk_of(2_000):
        end = rendering_module._rendered(told, copy)
    assert set(end) == {"error"}
    assert "File too large" in end["error"]
    assert copy.target.read_bytes() == b"the copy before"
    assert not copy.target_report.exists()
    assert [one for one in copy.target.parent.iterdir() if "partial" in one.name] == []
    assert rendering_module._rendered(told, copy)["copy"] == str(copy.target)
