"""Pages: templates filled in, with times as the site's zone has them."""

from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.datastructures import QueryParams
from starlette.responses import HTMLResponse

from passerby.serve.access import Visitor
from passerby.serve.static_files import static_version
from passerby.store.times import SECOND, now
from passerby.store.users import RoleName

__all__ = ["MENU", "MenuEntry", "render"]


class MenuEntry(NamedTuple):
    """An entry of the menu.

    Attributes:
        title: As it is shown.
        path: Where it leads.
        role: The lowest role that sees it.
        icon: Path of an SVG in a square of 20.
        everywhere: Whether it must be held for all cameras.
    """

    title: str
    path: str
    role: RoleName
    icon: str
    everywhere: bool = False


MENU = [
    MenuEntry("Overview", "/", "viewer", "M3 3h6v6H3zM11 3h6v6h-6zM3 11h6v6H3zM11 11h6v6h-6z"),
    MenuEntry("Tracks", "/tracks", "viewer", "M3 5h8M7 10h10M4 15h6M14 5h3"),
    MenuEntry("Search", "/search", "investigator", "M13 13l4 4M3 9a6 6 0 1 0 12 0a6 6 0 1 0-12 0"),
    MenuEntry("Counts", "/counts", "viewer", "M3 17h14M5 14v-4M10 14V4M15 14V8"),
    MenuEntry("Approvals", "/approvals", "investigator", "M4 10l4 4 8-8"),
    MenuEntry("Holds", "/holds", "officer", "M5 9h10v8H5zM7 9V6a3 3 0 0 1 6 0v3"),
    MenuEntry("Privacy", "/privacy", "officer", "M10 2l7 3v5c0 4-3 7-7 8-4-1-7-4-7-8V5z"),
    MenuEntry("Edit", "/edit", "officer", "M4 16l1-4 8-8 3 3-8 8zM3 18h14", everywhere=True),
    MenuEntry("Audit", "/audit", "officer", "M5 2h10v16H5zM8 6h4M8 10h4M8 14h2", everywhere=True),
    MenuEntry(
        "Users",
        "/users",
        "administrator",
        "M4 17c0-4 3-5 6-5s6 1 6 5M7 6a3 3 0 1 0 6 0a3 3 0 1 0-6 0",
        everywhere=True,
    ),
]
"""In its order; each page is here that needs no choice first."""

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(visitor: Visitor, template: str, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401  (what the template shows)
    """Fill in a template.

    Args:
        visitor: Who sees it.
        template: Name of its file.
        status: Of the answer.
        values: What it shows.
    """
    zone = visitor.console.zone
    menu = [one for one in MENU if _sees(visitor, one)]

    today = datetime.fromtimestamp(now() / SECOND, zone).date()

    def local(at: int | None, form: str = "%Y-%m-%d %H:%M:%S") -> str:
        return "" if at is None else datetime.fromtimestamp(at / SECOND, zone).strftime(form)

    def when(at: int) -> str:
        """A time without what goes without saying: the day, if it is today."""
        day = datetime.fromtimestamp(at / SECOND, zone).date()
        if day == today:
            return local(at, "%H:%M:%S")
        return local(at, "%d %b %H:%M:%S" if day.year == today.year else "%Y-%m-%d %H:%M:%S")

    text = _TEMPLATES.get_template(template).render(
        visitor=visitor,
        menu=menu,
        local=local,
        when=when,
        zone=zone.key,
        query=_query,
        version=static_version,
        **values,
    )
    return HTMLResponse(text, status)


def _sees(visitor: Visitor, entry: MenuEntry) -> bool:
    if visitor.user is None:
        return False
    options = visitor.console.options
    if entry.title == "Approvals" and not options.two_persons:
        return False
    if entry.title == "Edit" and options.reports is None:
        return False
    return visitor.may(entry.role) if entry.everywhere else visitor.holds(entry.role)


def _query(**values: object) -> str:
    """The query of an address; what is empty is left out."""
    said = [(name, str(value)) for name, value in values.items() if value not in (None, "")]
    return f"?{QueryParams(said)}" if said else ""
