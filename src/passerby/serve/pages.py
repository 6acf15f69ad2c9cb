"""Pages: templates filled in, with times as the site's zone has them."""

from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.datastructures import QueryParams
from starlette.responses import HTMLResponse

from passerby.serve.access import Visitor
from passerby.serve.static_files import static_version
from passerby.store.times import SECOND
from passerby.store.users import RoleName

__all__ = ["MENU", "MenuEntry", "render"]


class MenuEntry(NamedTuple):
    """An entry of the menu.

    Attributes:
        title: As it is shown.
        path: Where it leads.
        role: The lowest role that sees it.
        everywhere: Whether it must be held for all cameras.
    """

    title: str
    path: str
    role: RoleName
    everywhere: bool = False


MENU = [
    MenuEntry("Overview", "/", "viewer"),
    MenuEntry("Tracks", "/tracks", "viewer"),
    MenuEntry("Search", "/search", "investigator"),
    MenuEntry("Counts", "/counts", "viewer"),
    MenuEntry("Approvals", "/approvals", "investigator"),
    MenuEntry("Holds", "/holds", "officer"),
    MenuEntry("Privacy", "/privacy", "officer"),
    MenuEntry("Audit", "/audit", "officer", everywhere=True),
    MenuEntry("Users", "/users", "administrator", everywhere=True),
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

    def local(at: int | None, form: str = "%Y-%m-%d %H:%M:%S") -> str:
        return "" if at is None else datetime.fromtimestamp(at / SECOND, zone).strftime(form)

    text = _TEMPLATES.get_template(template).render(
        visitor=visitor,
        menu=menu,
        local=local,
        zone=zone.key,
        query=_query,
        version=static_version,
        **values,
    )
    return HTMLResponse(text, status)


def _sees(visitor: Visitor, entry: MenuEntry) -> bool:
    if visitor.user is None:
        return False
    if entry.title == "Approvals" and not visitor.console.options.two_persons:
        return False
    return visitor.may(entry.role) if entry.everywhere else visitor.holds(entry.role)


def _query(**values: object) -> str:
    """The query of an address; what is empty is left out."""
    said = [(name, str(value)) for name, value in values.items() if value not in (None, "")]
    return f"?{QueryParams(said)}" if said else ""
