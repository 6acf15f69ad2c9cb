"""What the site of the documentation has besides `docs/`: files that its pages link to.

MkDocs calls these functions by their names while it builds.
"""

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
PLACE = "repository/"
"""The folder of the site where they are."""

PAGES = ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
"""What is there although no page links to it."""

LINK = re.compile(r"(\]\(|(?:src|href)=\")(?![a-z+]+:|#)([^)\s\"#]+)")
"""A link to a file: what begins it, and where it leads."""


def on_config(config: Any) -> Any:  # noqa: ANN401  (MkDocs has no public type)
    """Add the decisions to the navigation, in their order."""
    decisions = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    config["nav"].append({"Decisions": [f"decisions/{name}" for name in decisions]})
    return config


def on_files(files: Files, config: Any) -> Files:  # noqa: ANN401
    """Add the files of the repository that pages lead to; of a folder, all files in it."""
    wanted = set(PAGES)
    for page in files.documentation_pages():
        linked = {repository_path(page.src_uri, to) for _, to in LINK.findall(page.content_string)}
        wanted |= {path for path in linked if not path.startswith(("docs/", "README.md"))}
    for name in sorted(wanted):
        path = ROOT / name
        if path.is_dir():
            inside = sorted(one.name for one in path.iterdir() if one.is_file())
            listed = "".join(f"- [{one}]({one})\n" for one in inside)
            uri = f"{PLACE}{name}/index.md"
            files.append(File.generated(config, uri, content=f"# {name}\n\n{listed}"))
            wanted |= {f"{name}/{one}" for one in inside}
    for name in sorted(wanted):
        if (ROOT / name).is_file():
            uri = f"{PLACE}{name}"
            files.append(File.generated(config, uri, abs_src_path=str(ROOT / name)))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Lead links to where the files are on the site."""
    uri = page.file.src_uri

    def led(link: re.Match[str]) -> str:
        begin, to = link.groups()
        target = site_path(repository_path(uri, to))
        return begin + posixpath.relpath(target, posixpath.dirname(uri) or ".")

    return LINK.sub(led, markdown)


def repository_path(uri: str, to: str) -> str:
    """The path in the repository of what a page of the site links to.

    Example:
        >>> repository_path("decisions/0001.md", "../../results/"), repository_path("a.md", "b.md")
        ('results', 'docs/b.md')
    """
    here = uri.removeprefix(PLACE) if uri.startswith(PLACE) else f"docs/{uri}"
    return posixpath.normpath(posixpath.join(posixpath.dirname(here), to))


def site_path(path: str) -> str:
    """Where a file of the repository is on the site.

    Example:
        >>> site_path("docs/b.md"), site_path("README.md"), site_path("results/a.json")
        ('b.md', 'index.md', 'repository/results/a.json')
    """
    if path.startswith("docs/"):
        return path.removeprefix("docs/")
    if path == "README.md":
        return "index.md"
    return f"{PLACE}{path}/index.md" if (ROOT / path).is_dir() else f"{PLACE}{path}"
