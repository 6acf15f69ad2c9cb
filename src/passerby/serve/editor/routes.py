"""What the page of the editor asks: its pictures, its edits, and how far writing is."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, WebSocket
from fastapi.params import Depends as Dependency
from pydantic import TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.websockets import WebSocketDisconnect

from passerby.errors import InputError
from passerby.geometry import XywhBox
from passerby.serve.editor.desk import Desk
from passerby.serve.request_body import FORM_BYTES, read_body

__all__ = ["editor_router"]

_FOLDER = Path(__file__).with_name("static")
_FILES = {path.name: path.read_bytes() for path in sorted(_FOLDER.iterdir())}
_KINDS = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
_TICK = 0.2
"""Seconds after which it is looked whether there is news of a copy that is written."""

_Values = dict[str, Any]
_ONE: TypeAdapter[_Values] = TypeAdapter(_Values)
_SEVERAL: TypeAdapter[_Values | list[_Values]] = TypeAdapter(_Values | list[_Values])
_NUMBERS: TypeAdapter[list[int]] = TypeAdapter(list[int])


async def _read_json(request: Request) -> bytes:
    """The body of a request, of a bounded size."""
    return await read_body(request, FORM_BYTES)


_Body = Annotated[bytes, Depends(_read_json)]


def editor_router(
    rule: Dependency,
    desk_of: Callable[..., Desk],
    name_of: Callable[..., str | None],
    prefix: str = "",
    form_key_of: Callable[..., str] = lambda: "",
) -> APIRouter:
    """Return what answers the page of the editor.

    Args:
        rule: Lets requests in, before anything else is done.
        desk_of: Says, as a dependency, which files a request is about.
        name_of: Likewise, who makes it.
        prefix: Of all addresses.
        form_key_of: Likewise, the key that requests which change something must have.
    """
    router = APIRouter(prefix=prefix, dependencies=[rule], include_in_schema=False)
    _add_page(router, desk_of, form_key_of)
    _add_pictures(router, desk_of)
    _add_changes(router, desk_of, name_of)
    _add_copies(router, desk_of)
    return router


def _add_page(
    router: APIRouter, desk_of: Callable[..., Desk], form_key_of: Callable[..., str]
) -> None:
    """The page, its style and its script."""

    @router.get("/", dependencies=[Depends(desk_of)])
    def _html(form_key: Annotated[str, Depends(form_key_of)]) -> Response:
        page = _FILES["editor.html"].decode().replace("FORM_KEY", escape(form_key))
        return Response(page, media_type="text/html")

    @router.get("/static/{name}")
    def _static(name: str) -> Response:
        if name not in _FILES:
            raise HTTPException(404, "there is no such file")
        return Response(_FILES[name], media_type=_KINDS[Path(name).suffix])


def _add_pictures(router: APIRouter, desk_of: Callable[..., Desk]) -> None:
    """Covered frames, and what is known of them."""
    Wanted = Annotated[Desk, Depends(desk_of)]  # noqa: N806  (a type)

    @router.get("/files")
    def _files(desk: Wanted) -> list[_Values]:
        return desk.files()

    @router.get("/file/{file}/facts")
    def _facts(desk: Wanted, file: int) -> _Values:
        return {**desk.worker(file).facts(), **_state(desk, file)}

    @router.get("/file/{file}/frame/{index}")
    def _frame(desk: Wanted, file: int, index: int) -> Response:
        shown = desk.worker(file).jpeg(index, desk.edits[file].edits)
        return Response(shown, media_type="image/jpeg")

    @router.get("/file/{file}/offer/{doubt}")
    def _offer(desk: Wanted, file: int, doubt: int) -> XywhBox:
        """The box that is proposed in the frame of a doubt."""
        return desk.worker(file).offer(doubt, desk.edits[file].edits)

    @router.post("/file/{file}/preview/{index}")
    def _preview(desk: Wanted, file: int, index: int, body: _Body) -> Response:
        """A frame with an edit that is not made yet."""
        edits = desk.edits[desk.check(file)]
        more = (*edits.edits, edits.checked(_read(_ONE, body)))
        return Response(desk.worker(file).jpeg(index, more), media_type="image/jpeg")

    @router.get("/file/{file}/thumbnails")
    def _thumbnails(desk: Wanted, file: int) -> _Values:
        """Which tracks have a small picture by now."""
        tracks, is_done = desk.thumbnails[desk.check(file)].ready()
        return {"tracks": tracks, "done": is_done}

    @router.get("/file/{file}/thumbnail/{track}")
    def _thumbnail(desk: Wanted, file: int, track: int) -> Response:
        picture = desk.thumbnails[desk.check(file)].jpeg(track)
        if picture is None:
            raise HTTPException(404, f"track {track} has no picture")
        return Response(picture, media_type="image/jpeg")


def _add_changes(
    router: APIRouter, desk_of: Callable[..., Desk], name_of: Callable[..., str | None]
) -> None:
    """Edits, made and taken back."""
    Wanted = Annotated[Desk, Depends(desk_of)]  # noqa: N806  (a type)
    Name = Annotated[str | None, Depends(name_of)]  # noqa: N806

    @router.post("/file/{file}/edits")
    def _add(desk: Wanted, name: Name, file: int, body: _Body) -> _Values:
        edits = _read(_SEVERAL, body)
        desk.edits[desk.check(file)].add(edits if isinstance(edits, list) else [edits], name)
        return _state(desk, file)

    @router.post("/file/{file}/accept/{doubt}")
    def _accept(desk: Wanted, name: Name, file: int, doubt: int) -> _Values:
        """Cover the bare head that a doubt is about where it is proposed."""
        edits = desk.edits[desk.check(file)]
        edits.add(desk.worker(file).proposed(doubt, edits.edits), name)
        return _state(desk, file)

    @router.post("/file/{file}/dismiss")
    def _dismiss(desk: Wanted, name: Name, file: int, body: _Body) -> _Values:
        """Leave as it is what doubts are about."""
        doubts = _read(_NUMBERS, body)
        desk.edits[desk.check(file)].add(desk.worker(file).dismissals(doubts), name)
        return _state(desk, file)

    @router.post("/file/{file}/undo")
    def _undo(desk: Wanted, file: int, position: int | None = None) -> _Values:
        desk.edits[desk.check(file)].undo(position)
        return _state(desk, file)

    @router.post("/file/{file}/redo")
    def _redo(desk: Wanted, file: int) -> _Values:
        desk.edits[desk.check(file)].redo()
        return _state(desk, file)


def _add_copies(router: APIRouter, desk_of: Callable[..., Desk]) -> None:
    """The corrected copies."""
    Wanted = Annotated[Desk, Depends(desk_of)]  # noqa: N806  (a type)

    @router.post("/render")
    def _render(desk: Wanted, file: int | None = None) -> _Values:
        """Write that of one file, or those of all that have edits."""
        desk.render(None if file is None else [file])
        return asdict(desk.rendering.state)

    @router.get("/render")
    def _rendered(desk: Wanted) -> _Values:
        return asdict(desk.rendering.state)

    @router.websocket("/progress")
    async def _progress(socket: WebSocket, desk: Wanted) -> None:
        """Tell how far writing is, until it has ended."""
        await socket.accept()
        with suppress(WebSocketDisconnect, RuntimeError):  # the browser went away
            await _tell(socket, desk)
            await socket.close()


async def _tell(socket: WebSocket, desk: Desk) -> None:
    told = None
    while told is None or told.running:
        state = desk.rendering.state
        if state != told:
            told = state
            await socket.send_json(asdict(state))
        await asyncio.sleep(_TICK)


def _read(kind: TypeAdapter[Any], body: bytes) -> Any:  # noqa: ANN401  (as asked)
    """What the body of a request says.

    Raises:
        InputError: If it is not what it should be.
    """
    try:
        return kind.validate_python(json.loads(body))
    except (ValueError, ValidationError, RecursionError):
        raise InputError("what the page sent cannot be understood: load it again") from None


def _state(desk: Desk, file: int) -> _Values:
    """The edits so far, what became of each, and what they come to."""
    edits = desk.edits[file]
    state = desk.worker(file).state(edits.edits)
    listed = [
        {**edit.model_dump(mode="json", exclude_none=True), **outcome}
        for edit, outcome in zip(edits.edits, state.pop("outcomes"), strict=True)
    ]
    return {**state, "edits": listed, "can_redo": edits.can_redo}
