"""Whole stories in a real browser, with a mouse, with keys alone, and on a narrow screen."""

import gzip
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.serve.conftest import PASSWORD, Filled, Served, add_batch, copied, serving
from tests.serve.test_editing import anonymized

from passerby.anonymization.preview import preview
from passerby.serve.pages import MENU
from passerby.store.audit import read_audit
from passerby.store.sessions import begin_session
from passerby.store.times import SECOND
from passerby.store.users import user_named
from passerby.store.write_batch import WriteBatch
from passerby.types import Frame

CHROMIUM = Path("/usr/bin/chromium")
AXE = gzip.decompress(Path(__file__).with_name("axe.min.js.gz").read_bytes()).decode()

if not CHROMIUM.exists():
    pytest.skip("needs Chromium: `make system-packages`", allow_module_level=True)

sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect
expect.set_options(timeout=30_000)  # what a page shows may come late on a busy machine


@pytest.fixture(scope="module")
def shown(filled_once: Filled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(copied(filled_once, tmp_path_factory.mktemp("shown"))) as one:
        yield one


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


class Window:
    """A window in which nothing may go wrong on the side."""

    def __init__(self, chromium: Any, served: Served, name: str | None, **options: Any) -> None:
        self.context = chromium.new_context(**options)
        self.served = served
        self.complaints: list[str] = []
        if name is not None:
            user = user_named(served.store, name)
            assert user is not None
            cookie = {
                "name": "passerby_session",
                "value": begin_session(served.store, user).token,
                "url": served.address,
            }
            self.context.add_cookies([cookie])
        self.page = self.context.new_page()
        self.page.set_default_timeout(30_000)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._requested)

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _requested(self, request: Any) -> None:
        if not request.url.startswith((self.served.address, "data:", "blob:")):
            self.complaints.append(f"asks for {request.url}")

    def visit(self, path: str) -> Any:
        self.page.goto(self.served.address + path)
        return self.page

    def __enter__(self) -> "Window":
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


def barriers(page: Any) -> list[str]:
    """What axe-core finds that is serious or critical."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{one['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def paths(served: Served) -> list[str]:
    tracks = served.filled.tracks
    own = ["/account", "/counts?days=30", "/tracks/977"]
    own += [f"/tracks/{tracks[key]}" for key in ((1, "stairs"), (3, "hall"), (4, "door"))]
    return [*(entry.path for entry in MENU), *own]


@pytest.mark.parametrize(("scheme", "width"), [("dark", 1280), ("light", 360)])
def test_no_page_has_barriers_complaints_or_things_that_stick_out(
    chromium: Any, shown: Served, scheme: str, width: int
) -> None:
    options = {
        "color_scheme": scheme,
        "viewport": {"width": width, "height": 760},
        "bypass_csp": True,  # for axe-core, which is put into the page
    }
    with Window(chromium, shown, "ada", **options) as window:
        for path in paths(shown):
            page = window.visit(path)
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
            assert barriers(page) == [], path
            sticks_out = (
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            )
            assert not page.evaluate(sticks_out), path
        page = found_alike(window)
        assert barriers(page) == []
        assert not page.evaluate(sticks_out)
        assert [one for one in window.complaints if "409" not in one] == []  # of /tracks/977
    with Window(chromium, shown, None, **options) as window:
        assert barriers(window.visit("/login")) == []
        assert window.complaints == []


def found_alike(window: Window) -> Any:
    page = window.visit(f"/tracks/{window.served.filled.tracks[4, 'hall']}")
    page.get_by_label("Purpose").first.fill("case 12")
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_text("Similar looks are no proof").wait_for()
    return page


def test_a_long_strip_of_pictures_does_not_widen_a_narrow_page(
    chromium: Any, filled_once: Filled, tmp_path: Path
) -> None:
    with serving(copied(filled_once, tmp_path)) as served:
        batch = WriteBatch()
        covered = preview(Frame(np.full((256, 90, 3), 90, np.uint8)))
        track = batch.begin_track("hall", served.filled.began, "matching")
        for index in range(40):
            batch.add_snippet(track, served.filled.began + index * SECOND, covered, 0.5)
        batch.end_track(track, served.filled.began + 50 * SECOND)
        add_batch(served.filled, batch)
        with Window(chromium, served, "ada", viewport={"width": 360, "height": 760}) as window:
            page = window.visit(f"/tracks/{track}")
            expect(page.locator(".strip img")).to_have_count(10)  # every fourth
            assert page.evaluate("document.documentElement.scrollWidth") == 360
            assert page.locator(".strip").evaluate("one => one.scrollWidth > one.clientWidth")


def test_nothing_moves_when_a_page_is_loaded(chromium: Any, shown: Served) -> None:
    with Window(chromium, shown, "ada", bypass_csp=True) as window:
        window.context.add_init_script(
            "window.moved = 0; new PerformanceObserver((list) => { for (const one of "
            "list.getEntries()) window.moved += one.value; })"
            ".observe({type: 'layout-shift', buffered: true});"
        )
        for path in ("/", "/tracks", f"/tracks/{shown.filled.tracks[1, 'hall']}"):
            page = window.visit(path)
            page.wait_for_load_state("networkidle")
            assert page.evaluate("window.moved") < 0.02, path


def test_the_policy_keeps_scripts_of_others_out(chromium: Any, shown: Served) -> None:
    with Window(chromium, shown, "ada") as window:
        page = window.visit("/")
        page.evaluate(
            "const one = document.createElement('script'); one.textContent = 'window.got = 1';"
            "document.body.append(one)"
        )
        assert page.evaluate("window.got") is None
        assert any("Content Security Policy" in one for one in window.complaints)


def test_from_set_up_to_the_audit_log(chromium: Any, filled_once: Filled, tmp_path: Path) -> None:
    with serving(copied(filled_once, tmp_path)) as served:
        served.console.set_up_key = "of-the-terminal"
        with Window(chromium, served, None, accept_downloads=True) as window:
            follow_somebody(window, served)
            assert window.complaints == []
        done = [one.what for one in read_audit(served.store, limit=1000)][-12:]
        for what in ("look at track", "confirm", "search by track", "export", "erase"):
            assert what in done


def follow_somebody(window: Window, served: Served) -> None:
    """Set up, log in, see a person, follow them, confirm, export, erase, and see the audit log."""
    page = window.visit("/setup?key=of-the-terminal")
    page.get_by_label("Name").fill("maria")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Overview").wait_for()
    page.get_by_role("button", name="Log out").click()
    page.get_by_label("Name").fill("maria")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="Tracks", exact=True).click()
    page.locator(f'td a[href="/tracks/{served.filled.tracks[3, "hall"]}"]').click()
    page.get_by_role("heading", name="Perhaps too").wait_for()
    picture = page.locator(".strip img").first
    assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") == 64
    page.get_by_role("button", name="Confirm stairs").last.click()
    page.get_by_text("Confirmed.").wait_for()
    expect(page.locator(".stay .tag.good")).to_have_count(1)
    page.get_by_label("Purpose").first.fill("case 12")
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_text("Similar looks are no proof").wait_for()
    expect(page.locator(".results li").nth(3)).to_be_visible()
    page.get_by_role("link", name="Back to the track").click()
    page.get_by_label("Purpose").last.fill("request 13")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the case").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert [one["camera"] for one in manifest["tracks"]] == ["hall", "stairs"]
    page.get_by_text("Hold and erase").click()
    page.get_by_label("Reason of the erasure").fill("request 14")
    page.get_by_label("Nothing brings it back").check()
    page.get_by_role("button", name="Erase all of this person").click()
    page.get_by_text("Nothing of it is left").wait_for()
    page.get_by_role("link", name="Audit").click()
    page.get_by_role("button", name="Verify all").click()
    page.get_by_text("entries verified").wait_for()
    expect(page.get_by_text("request 14")).to_have_count(1)


def test_keys_alone_lead_to_a_decision(chromium: Any, shown: Served) -> None:
    with Window(chromium, shown, None) as window:
        page = window.visit("/login")
        page.keyboard.type("inga")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Overview").wait_for()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # skip to content
        assert page.evaluate("document.activeElement.id") == "content"
        page = window.visit(f"/tracks/{shown.filled.tracks[3, 'hall']}")
        press_until(page, "Confirm")
        page.keyboard.press("Enter")
        page.get_by_text("Confirmed.").wait_for()
        assert window.complaints == []


def press_until(page: Any, name: str) -> None:
    """Press the tab key until something has the focus, which must be seen."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            return
    raise AssertionError(f"no key leads to {name}")


def test_a_picture_is_searched_from_the_page(
    chromium: Any, shown: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Window(chromium, shown, "inga") as window:
        page = window.visit("/search")
        page.get_by_label("Picture of one person").set_input_files(
            {"name": "notes.txt", "mimeType": "image/png", "buffer": b"no picture"}
        )
        page.get_by_label("Purpose").fill("case 12 & more")
        page.get_by_role("button", name="Find").click()
        page.locator("#found .problem").wait_for(timeout=120_000)
        expect(page.locator("#found .problem")).to_contain_text("picture")
    entry = read_audit(shown.store, limit=1000)[-1]
    assert (entry.what, entry.purpose) == ("search by picture", "case 12 & more")


@pytest.mark.slow
def test_a_report_is_opened_from_the_list_corrected_written_and_left(
    chromium: Any, filled_once: Filled, tmp_path: Path, bright_people: None
) -> None:
    """The copy is written in a process of its own, with a search of what was written."""
    folder = tmp_path / "reports"
    folder.mkdir()
    for name in ("street", "yard"):
        anonymized(folder, name)
    site = copied(filled_once, tmp_path / "site")
    with serving(site, reports=folder) as served, Window(chromium, served, "otto") as window:
        page = window.visit("/")
        page.get_by_role("navigation").get_by_role("link", name="Edit").click()
        listed = page.locator("main li a")
        expect(listed).to_have_text(["street", "yard"])
        listed.first.click()
        expect(page).to_have_title("street.png · passerby", timeout=120_000)
        page.keyboard.press("b")
        page.keyboard.press("Enter")
        expect(page.locator("#edits li")).to_have_count(1)
        page.get_by_role("button", name="Write the corrected copy").click()
        expect(page.locator("#told")).to_contain_text("is written", timeout=240_000)
        page.get_by_role("link", name="All reports").click()
        # The report of the corrected copy has no edits of its own.
        expect(listed).to_have_text(["street", "yard"])
        assert window.complaints == []
    assert (folder / "street-safe_edited.png").exists()
    (edit,) = json.loads((folder / "street_edited.json").read_text())["items"][0]["edits"]
    assert edit["by"] == "otto"
    assert not (folder / "yard.edits.toml").exists()
