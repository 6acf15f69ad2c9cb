"""The site of the documentation is whole, needs no network, and has every page near the first."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = Path("/usr/bin/chromium")


def build(into: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(into)]
    return subprocess.run(
        [*command, *words],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` does, in which no link is broken."""
    folder = tmp_path_factory.mktemp("site")
    built = build(folder)
    assert built.returncode == 0, built.stderr
    return folder


class Links(HTMLParser):
    """Collects what a page links to and what it fetches."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "a" and known.get("href"):
            self.links.append(known["href"] or "")
        is_read = tag in ("script", "img", "link", "iframe")
        if is_read and known.get("rel") not in ("canonical", "next", "prev"):
            self.fetched += [known[name] or "" for name in ("src", "href") if known.get(name)]


def read(page: Path) -> Links:
    links = Links()
    links.feed(page.read_text(encoding="utf-8"))
    return links


def near(page: Path, site: Path) -> Iterator[Path]:
    """The pages of the site that a page links to."""
    for link in read(page).links:
        target = (page.parent / unquote(link.partition("#")[0])).resolve()
        if not re.match(r"[a-z]+:", link) and target.suffix == ".html" and target.is_file():
            yield target


@pytest.mark.slow
def test_every_page_is_two_steps_from_the_first(site: Path) -> None:
    first = site / "index.html"
    reached = {first, *near(first, site)}
    reached |= {far for page in list(reached) for far in near(page, site)}
    pages = {page.resolve() for page in site.rglob("*.html")} - {site / "404.html"}
    assert {str(page.relative_to(site)) for page in pages - reached} == set()
    docs = {page.relative_to(ROOT / "docs") for page in (ROOT / "docs").rglob("*.md")}
    made = {page.relative_to(site).with_suffix(".md") for page in pages}
    assert {str(page) for page in docs - made} == {"decisions/template.md"}


@pytest.mark.slow
def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        for address in read(page).fetched:
            assert not re.match(r"(?:[a-z]+:)?//", address), (page, address)


@pytest.mark.slow
def test_every_public_name_is_explained(site: Path) -> None:
    import passerby  # noqa: PLC0415

    page = (site / "python.html").read_text(encoding="utf-8")
    anchors = {anchor.rpartition(".")[2] for anchor in re.findall(r'id="([\w.]+)"', page)}
    assert set(passerby.__all__) <= anchors


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed: make system-packages")
def test_it_can_be_searched_from_the_disk(site: Path) -> None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto((site / "decisions" / "0001-packages-are-nouns.html").as_uri())
        page.locator("input.md-search__input").click()
        page.locator("input.md-search__input").press_sequentially("tripod")
        page.locator(".md-search-result__link").first.wait_for()
        assert page.locator(".md-search-result__link").count() > 0
        assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
        browser.close()


def test_a_broken_link_stops_the_build(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "index.md").write_text("# A\n\n[gone](gone.md)\n", encoding="utf-8")
    settings = tmp_path / "mkdocs.yml"
    own = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    validation = re.search(r"^validation:\n(?: .*\n)+", own, re.M)
    assert validation is not None
    settings.write_text(f"site_name: a\ndocs_dir: {docs}\n{validation[0]}", encoding="utf-8")
    built = build(tmp_path / "site", "-f", str(settings))
    assert built.returncode != 0
    assert "gone.md" in built.stderr
