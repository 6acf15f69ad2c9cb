"""A clip is corrected in a real browser, by mouse and by keys alone."""

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import RLock, Thread
from time import monotonic, sleep
from typing import Any

import pytest
import uvicorn

from passerby.geometry import XywhBox
from passerby.runs.edit.edits import (
    CoveredTime,
    Dismissal,
    DrawnCover,
    Edit,
    Lengthening,
    MovingCover,
    Splitting,
)
from passerby.runs.edit.edits_file import read_edits
from passerby.runs.edit.session import EditedCopy, EditSession
from passerby.serve.editor.app import EditorDoor, editor_app
from passerby.serve.editor.desk import Desk

sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
expect = sync_api.expect
expect.set_options(timeout=60_000)  # what a page shows may come late on a busy machine

CHROMIUM = Path("/usr/bin/chromium")
AXE = gzip.decompress(Path(__file__).parents[1].joinpath("axe.min.js.gz").read_bytes()).decode()


class OneAtATime(EditSession):
    """Answers one question after the other, as the process does in which it lives."""

    def __init__(self, copy: EditedCopy) -> None:
        super().__init__(copy)
        self._turn = RLock()

    def facts(self) -> dict[str, Any]:
        with self._turn:
            return super().facts()

    def state(self, edits: Sequence[Edit]) -> dict[str, Any]:
        with self._turn:
            return super().state(edits)

    def jpeg(self, index: int, edits: Sequence[Edit]) -> bytes:
        with self._turn:
            return super().jpeg(index, edits)

    def offer(self, doubt: int, edits: Sequence[Edit]) -> XywhBox:
        with self._turn:
            return super().offer(doubt, edits)

    def proposed(self, doubt: int, edits: Sequence[Edit]) -> list[dict[str, Any]]:
        with self._turn:
            return super().proposed(doubt, edits)


@pytest.fixture
def address(copy: EditedCopy) -> Iterator[str]:
    """Where the editor is served; the link is still good."""
    door = EditorDoor(0)
    app = editor_app(Desk([copy], OneAtATime), door)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/enter?key={door.link_key}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def page(address: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip("needs /usr/bin/chromium")
    with sync_api.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        # The policy of the page stands, but for axe-core, which is put into it.
        bypass = "axe" in request.node.name
        size = {"width": 1200, "height": 800}
        opened = browser.new_context(viewport=size, bypass_csp=bypass).new_page()
        complaints: list[str] = []
        opened.on("console", lambda told: complaints.append(told.text))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.set_default_timeout(60_000)
        opened.goto(address)
        told(opened, "doubt")
        yield opened
        browser.close()
        assert complaints == []


def told(page: Any, text: str) -> None:
    page.locator("#told", has_text=text).wait_for()


def until(page: Any, condition: str) -> None:
    """Wait, where the policy of the page lets no condition wait in it."""
    end = monotonic() + 60
    while not page.evaluate(condition):
        assert monotonic() < end, condition
        sleep(0.05)


def test_a_missed_person_is_covered_by_mouse(page: Any, copy: EditedCopy) -> None:
    area = page.locator("#stage").bounding_box()
    scale = area["width"] / 320
    page.mouse.move(area["x"] + 142 * scale, area["y"] + 18 * scale)
    page.mouse.down()
    page.mouse.move(area["x"] + 186 * scale, area["y"] + 62 * scale, steps=3)
    page.mouse.up()
    page.get_by_role("button", name="Cover this box").click()
    told(page, "Covered and saved")
    (edit,) = read_edits(copy.edits_file).edit
    assert edit.what == "cover"
    assert edit.frame == 0
    assert edit.box == pytest.approx((142, 18, 44, 44), abs=1)
    expect(page.locator("#edits")).to_contain_text("frames 0 to 15")
    page.get_by_role("button", name="Undo").click()
    told(page, "Taken back")
    assert read_edits(copy.edits_file).edit == ()
    page.reload()
    told(page, "doubt")
    expect(page.locator("#edits li")).to_have_count(0)


def test_a_clip_is_corrected_by_keys_alone(page: Any, copy: EditedCopy) -> None:
    page.keyboard.press(".")
    page.keyboard.press("b")
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    told(page, "Covered and saved")
    (edit,) = read_edits(copy.edits_file).edit
    assert edit.what == "cover"
    assert edit.frame == 1
    assert edit.box == pytest.approx((150, 78, 24, 20))


def test_a_false_cover_is_shown_in_cells_first(page: Any, copy: EditedCopy) -> None:
    page.locator("#tracks input").first.check()
    page.get_by_role("button", name="Take covers away").click()
    page.get_by_role("button", name="Keep them").click()
    assert not copy.edits_file.exists()
    page.get_by_role("button", name="Take covers away").click()
    expect(page.locator("#cells")).to_have_attribute("src", re.compile("^blob:"))
    page.get_by_role("button", name="Take them away").click()
    told(page, "Taken away and saved")
    (edit,) = read_edits(copy.edits_file).edit
    assert edit.what == "remove"
    assert edit.track == 1


def test_tracks_are_split_joined_and_lengthened_by_keys(page: Any, copy: EditedCopy) -> None:
    for _ in range(6):
        page.keyboard.press(".")
    page.keyboard.press("a")
    page.keyboard.press("s")
    told(page, "Split and saved")
    expect(page.locator("#tracks li")).to_have_count(2)
    page.locator("#tracks input").first.focus()
    expect(page.locator("#tracks input:checked")).to_have_count(1)
    for _ in range(4):
        page.keyboard.press(".")
    page.keyboard.press("l")
    told(page, "Lengthened and saved")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # the second track too
    page.keyboard.press("j")
    told(page, "Joined and saved")
    split, lengthened, joined = read_edits(copy.edits_file).edit
    assert (split.what, lengthened.what, joined.what) == ("split", "lengthen", "join")
    assert isinstance(split, Splitting)
    assert (split.track, split.frame, split.number) == (1, 6, 2)
    assert isinstance(lengthened, Lengthening)
    assert (lengthened.track, lengthened.last) == (1, 10)
    expect(page.locator("#tracks li")).to_have_count(1)
    expect(page.locator("#tracks img").first).to_have_attribute("src", "file/0/thumbnail/1")


@pytest.fixture
def doubts(copy: EditedCopy) -> None:
    """Somebody who was lost for a while, and three doubts that are none."""
    report = json.loads(copy.report.read_text())
    place = {"frame": 6, "box": [160, 20, 32, 32], "seen": [4, [156, 20, 32, 32]]}
    weak = {"time": 0.1, "reason": "seen once", "weight": 0.2, "kind": "weak"}
    report["items"][0]["review"] = [
        {**weak, "reason": "a head is lost", "frame": 6, "kind": "lost", "places": [place]},
        *({**weak, "frame": frame} for frame in (1, 2, 3)),
    ]
    copy.report.write_text(json.dumps(report))


def test_doubts_are_settled_by_one_key_each(doubts: None, page: Any, copy: EditedCopy) -> None:
    told(page, "1 of 4 in doubt: a head is lost")
    until(page, "refining === 0 && box !== null")
    page.keyboard.press("Enter")  # it plays what is covered, and goes on
    told(page, "2 of 4 in doubt: seen once")
    assert page.evaluate("played") == [0, 15]
    page.keyboard.press("x")
    told(page, "3 of 4")
    page.keyboard.press("Shift+X")
    told(page, "No frame is in doubt any more")
    cover, *fine = read_edits(copy.edits_file).edit
    assert isinstance(cover, DrawnCover)
    assert (cover.frame, cover.first) == (4, 4)
    assert [(one.what, one.frame) for one in fine if isinstance(one, Dismissal)] == [
        ("dismiss", 1),
        ("dismiss", 2),
        ("dismiss", 3),
    ]


def test_shift_and_enter_stay_for_who_else_is_bare(
    doubts: None, page: Any, copy: EditedCopy
) -> None:
    told(page, "1 of 4 in doubt: a head is lost")
    until(page, "refining === 0 && box !== null")
    page.keyboard.press("Shift+Enter")
    told(page, "Covered and saved")
    assert page.evaluate("[doubt, isPlaying(), settled.has(0)]") == [0, False, True]
    for key in ("b", "Enter"):
        page.keyboard.press(key)
    told(page, "2 of 4 in doubt: seen once")
    assert page.evaluate("played") == [0, 15]  # of both boxes
    assert len(read_edits(copy.edits_file).edit) == 2


def test_a_box_moves_between_key_frames(page: Any, copy: EditedCopy) -> None:
    for key in ("b", "k", ".", ".", ".", "ArrowLeft", "ArrowUp", "k", "m"):
        page.keyboard.press(key)
    told(page, "Covered between key frames and saved")
    (edit,) = read_edits(copy.edits_file).edit
    assert isinstance(edit, MovingCover)
    assert [(key.frame, key.box) for key in edit.keys] == [
        (0, (150, 90, 20, 20)),
        (3, (146, 86, 20, 20)),
    ]


def test_a_span_of_time_is_covered(page: Any, copy: EditedCopy) -> None:
    for key in (".", "[", ".", ".", "]"):
        page.keyboard.press(key)
    page.get_by_role("button", name="Cover all of it").click()
    told(page, "Covered and saved")
    (edit,) = read_edits(copy.edits_file).edit
    assert isinstance(edit, CoveredTime)
    assert edit.time == "0.04-0.12"


def test_a_browser_that_goes_away_stops_no_writing(page: Any, copy: EditedCopy) -> None:
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    told(page, "Covered and saved")
    page.get_by_role("button", name="Write the corrected copy").click()
    told(page, "Searching all frames")
    context = page.context
    page.close()
    until = monotonic() + 300
    while not copy.target_report.exists():
        assert monotonic() < until
        sleep(0.1)
    again = context.new_page()
    again.goto(page.url)
    told(again, "safe_edited.mp4 is written")
    assert copy.target.exists()


def test_it_fits_a_narrow_screen(page: Any) -> None:
    page.set_viewport_size({"width": 360, "height": 700})
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(page: Any, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    page.evaluate(AXE)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    serious = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in serious] == []
