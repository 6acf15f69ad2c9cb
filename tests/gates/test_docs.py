"""The pages are complete, hang together, and draw the architecture as it is."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"^(```|~~~).*?^\1", re.M | re.S)
SHOWN = re.compile(r"\s*([-*|>]|\d+\.|!\[|CODE)")
"""What may follow a colon: a list, a table, a quotation, a picture or code."""
LINK = re.compile(r'\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)|(?:src|href)="([^"]+)"')


def pages(root: Path) -> list[Path]:
    top = [root / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
    return [*(page for page in top if page.is_file()), *sorted((root / "docs").rglob("*.md"))]


def links(page: Path) -> Iterator[str]:
    """Targets of all links and pictures of a page that lead into the repository."""
    for markdown, html in LINK.findall(CODE.sub("", page.read_text(encoding="utf-8"))):
        target = markdown or html
        if not re.match(r"[a-z+]+:", target):
            yield target


def headings(page: Path) -> set[str]:
    """The anchors of a page as GitHub makes them."""
    lines = CODE.sub("", page.read_text(encoding="utf-8")).splitlines()
    titles = [line.lstrip("#").strip().lower() for line in lines if line.startswith("#")]
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


def broken_links(root: Path) -> list[str]:
    """Links to a file that is not there, or to a heading that its page does not have."""
    broken = []
    for page in pages(root):
        for link in links(page):
            path, _, anchor = link.partition("#")
            target = page.parent / path if path else page
            wrong_anchor = anchor and target.suffix == ".md" and target.is_file()
            if not target.exists() or (wrong_anchor and anchor not in headings(target)):
                broken.append(f"{page.relative_to(root)}: {link}")
    return broken


def unlinked_pages(root: Path) -> list[str]:
    """Pages that the index does not lead to."""
    docs = root / "docs"
    linked = {(docs / link.partition("#")[0]).resolve() for link in links(docs / "index.md")}
    return [
        str(page.relative_to(docs))
        for page in sorted(docs.rglob("*.md"))
        if page.name != "index.md" and page.resolve() not in linked
    ]


def drawn_layers(page: str) -> list[str]:
    """The lines of the block under the heading on imports."""
    section = page.split("## Who may import whom", 1)[1]
    return [line.strip() for line in section.split("```")[1].splitlines()[1:] if line.strip()]


def undrawn(page: str, package: Path) -> list[str]:
    """Folders and modules of ``package`` that the page does not name."""
    names = [path.name + "/" for path in package.iterdir() if (path / "__init__.py").is_file()]
    names += [path.name for path in package.glob("*.py")]
    return sorted(name for name in names if not re.search(rf"(?<![\w/]){re.escape(name)}", page))


def announced_in_vain(page: Path) -> list[str]:
    """Paragraphs that announce what follows, where plain text or nothing follows."""
    blocks = re.split(r"\n\s*\n", CODE.sub("CODE", page.read_text(encoding="utf-8").strip()))
    followed = zip(blocks, [*blocks[1:], ""], strict=True)
    return [one for one, after in followed if one.endswith(":") and not SHOWN.match(after)]


# --- Our own pages -------------------------------------------------------------------------


def test_every_link_and_picture_is_there() -> None:
    assert broken_links(ROOT) == []


def test_the_index_leads_to_every_page() -> None:
    assert unlinked_pages(ROOT) == []


def test_nothing_is_announced_in_vain() -> None:
    assert [one for page in pages(ROOT) for one in announced_in_vain(page)] == []


def test_the_layers_are_drawn_as_the_import_linter_has_them() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = settings["tool"]["importlinter"]["contracts"]
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert drawn_layers(page) == contract["layers"]


def test_the_architecture_names_every_package_and_module() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert undrawn(page, ROOT / "src" / "passerby") == []


# --- The checks themselves -----------------------------------------------------------------


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A small site without a fault."""
    (tmp_path / "docs" / "deep").mkdir(parents=True)
    (tmp_path / "docs" / "picture.png").touch()
    texts = {
        "README.md": "[docs](docs/index.md) [out](https://example.org/gone) ![p](docs/picture.png)",
        "docs/index.md": "# Index\n[a](a.md) [b](deep/b.md#two-words) [here](#index)",
        "docs/a.md": '# A\n<img src="picture.png">\n```text\n[not a link](gone.md)\n```\n',
        "docs/deep/b.md": "# B\n## Two words\n[up](../a.md)",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_site_without_a_fault_passes(site: Path) -> None:
    assert broken_links(site) == []
    assert unlinked_pages(site) == []


@pytest.mark.parametrize(
    "fault",
    [
        "[gone](gone.md)",
        "![gone](gone.png)",
        '<img src="gone.png" alt="">',
        '[gone](gone.md "With a title")',
        "[no such heading](deep/b.md#three-words)",
        "[no such heading here](#b)",
        "[from the root](/docs/a.md)",
    ],
)
def test_a_broken_link_is_found(site: Path, fault: str) -> None:
    (site / "docs" / "a.md").write_text(f"# A\n{fault}", encoding="utf-8")
    (complaint,) = broken_links(site)
    assert complaint.startswith("docs/a.md: ")


def test_a_page_that_nothing_leads_to_is_found(site: Path) -> None:
    (site / "docs" / "deep" / "lost.md").touch()
    assert unlinked_pages(site) == ["deep/lost.md"]


@pytest.mark.parametrize("after", ["And so on.", "## Next", ""])
def test_an_announcement_without_its_list_is_found(site: Path, after: str) -> None:
    page = site / "docs" / "a.md"
    page.write_text(f"# A\n\nIt is as follows:\n\n{after}\n", encoding="utf-8")
    assert announced_in_vain(page) == ["It is as follows:"]


@pytest.mark.parametrize("after", ["- one", "1. one", "| one |", "```text\none\n```", "> one"])
def test_an_announcement_with_its_list_passes(site: Path, after: str) -> None:
    page = site / "docs" / "a.md"
    page.write_text(f"# A\n\nIt is as follows:\n\n{after}\n", encoding="utf-8")
    assert announced_in_vain(page) == []


def test_a_layer_drawn_otherwise_is_found() -> None:
    page = "# Page\n```text\nelse\n```\n## Who may import whom\n\n```text\ncli\ntypes\n```\n"
    assert drawn_layers(page) == ["cli", "types"]


def test_a_package_that_is_not_drawn_is_found(tmp_path: Path) -> None:
    (tmp_path / "sinks").mkdir()
    (tmp_path / "sinks" / "__init__.py").touch()
    (tmp_path / "types.py").touch()
    assert undrawn("sinks/ and types.py", tmp_path) == []
    assert undrawn("kitchensinks/ and mytypes.py", tmp_path) == ["sinks/", "types.py"]
