"""Correcting anonymized copies from the console: the reports of a folder, each with its editor."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.requests import HTTPConnection
from starlette.exceptions import WebSocketException
from starlette.responses import Response

from passerby.errors import InputError, PasserbyError
from passerby.serve.access import Rule, SiteOfficer, Visitor
from passerby.serve.editor.desk import Desk
from passerby.serve.editor.routes import editor_router
from passerby.serve.pages import render
from passerby.store.audit import record_alone

__all__ = ["page_router", "router"]

router = APIRouter(include_in_schema=False)

_RULE = Rule("officer", everywhere=True)
_Officer = Annotated[Visitor, Depends(_RULE)]


@router.get("/edit")
def _reports(visitor: SiteOfficer) -> Response:
    """The reports that may be opened."""
    reports = visitor.console.reports
    names = None if reports is None else reports.names()
    return render(visitor, "reports.html", names=names)


def _desk(connection: HTTPConnection, visitor: _Officer, report: str) -> Desk:
    reports = visitor.console.reports
    try:
        if reports is None:
            raise InputError("no reports are corrected here: start it with --reports FOLDER")
        return reports.desk(report)
    except PasserbyError as error:
        if connection.scope["type"] == "websocket":
            raise WebSocketException(1008, str(error)) from None
        raise


def _opened(visitor: _Officer, report: str, _desk: Annotated[Desk, Depends(_desk)]) -> str:
    """The key of the forms of somebody who opens a report, which is in the audit log first."""
    record_alone(visitor.console.store, visitor.name, "edit", f"report {report}")
    return visitor.form_key


def _name(visitor: _Officer) -> str:
    return visitor.name


page_router = editor_router(Depends(_RULE), _desk, _name, "/edit/{report}", _opened)
"""The editor of one report."""
