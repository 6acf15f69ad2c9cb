"""The editor as an application: open to whoever has the link that the terminal shows, once."""

import secrets
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from passerby.errors import PasserbyError
from passerby.geometry import XywhBox
from passerby.serve.editor.desk import Desk
from passerby.serve.security_headers import SecurityHeaders

__all__ = ["EditorDoor", "editor_app"]

_FOLDER = Path(__file__).with_name("static")
_FILES = {path.name: path.read_bytes() for path in sorted(_FOLDER.iterdir())}
_KINDS = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
_Values = Annotated[dict[str, Any], Body()]
_OneOrMore = Annotated[dict[str, Any] | list[dict[str, Any]], Body()]
_Numbers = Annotated[list[int], Body()]
_HOSTS = ("127.0.0.1", "localhost")


class EditorDoor:
    """Lets in who opens the link, which works once, and knows them again by a cookie.

    Attributes:
        link_key: What the link holds; None when it was used.
    """

    def __init__(self, port: int) -> None:
        self.link_key: str | None = secrets.token_urlsafe(32)
        self.cookie = f"passerby_editor_{port}"  # cookies do not know ports
        self._session = secrets.token_urlsafe(32)

    def enter(self, key: str) -> str:
        """Return the session for the key of the link, which is then used up.

        Raises:
            HTTPException: 403 if it is another key, or was used.
        """
        if self.link_key is None or not secrets.compare_digest(key, self.link_key):
            raise HTTPException(403, "this link is not valid any more: start the editor again")
        self.link_key = None
        return self._session

    def __call__(self, request: Request) -> None:
        """Let a request in.

        Raises:
            HTTPException: 403 if it comes from elsewhere.
        """
        given = request.cookies.get(self.cookie, "")
        if not secrets.compare_digest(given.encode(), self._session.encode()):
            raise HTTPException(403, "open the link that the terminal shows")
        if request.method != "GET":
            origin, host = request.headers.get("origin"), request.headers.get("host")
            if origin != f"http://{host}":
                raise HTTPException(403, "this request comes from another page")


def editor_app(desk: Desk, door: EditorDoor) -> FastAPI:
    """Return the application.

    Args:
        desk: The files that are corrected.
        door: Lets people in.
    """
    app = FastAPI(title="passerby edit", openapi_url=None, docs_url=None, redoc_url=None)

    @app.get("/enter")
    def _enter(key: str) -> Response:
        answer = RedirectResponse("/", 303)
        answer.set_cookie(door.cookie, door.enter(key), httponly=True, samesite="strict")
        return answer

    for router in (_page(), _pictures(desk), _changes(desk), _copy(desk)):
        app.include_router(router, dependencies=[Depends(door)])

    @app.exception_handler(PasserbyError)
    def _failed(_request: Request, error: PasserbyError) -> Response:
        return JSONResponse({"detail": str(error)}, 422)

    app.add_middleware(SecurityHeaders, hosts=_HOSTS, secure=False)
    return app


def _page() -> APIRouter:
    """The page, its style and its script."""
    router = APIRouter()

    @router.get("/")
    def _html() -> Response:
        return Response(_FILES["editor.html"], media_type="text/html")

    @router.get("/static/{name}")
    def _static(name: str) -> Response:
        if name not in _FILES:
            raise HTTPException(404, "there is no such file")
        return Response(_FILES[name], media_type=_KINDS[Path(name).suffix])

    return router


def _pictures(desk: Desk) -> APIRouter:
    """Covered frames, and what is known of them."""
    router = APIRouter()

    @router.get("/files")
    def _files() -> list[dict[str, Any]]:
        return desk.files()

    @router.get("/file/{file}/facts")
    def _facts(file: int) -> dict[str, Any]:
        return {**desk.worker(file).facts(), **_state(desk, file)}

    @router.get("/file/{file}/frame/{index}")
    def _frame(file: int, index: int) -> Response:
        shown = desk.worker(file).jpeg(index, desk.edits[file].edits)
        return Response(shown, media_type="image/jpeg")

    @router.get("/file/{file}/offer/{doubt}")
    def _offer(file: int, doubt: int) -> XywhBox:
        """The box that is proposed in the frame of a doubt."""
        return desk.worker(file).offer(doubt, desk.edits[file].edits)

    @router.post("/file/{file}/preview/{index}")
    def _preview(file: int, index: int, edit: _Values) -> Response:
        """A frame with an edit that is not made yet."""
        desk.check(file)
        edits = desk.edits[file]
        more = (*edits.edits, edits.checked(edit))
        return Response(desk.worker(file).jpeg(index, more), media_type="image/jpeg")

    @router.get("/file/{file}/thumbnails")
    def _thumbnails(file: int) -> dict[str, Any]:
        """Which tracks have a small picture by now."""
        desk.check(file)
        tracks, is_done = desk.thumbnails[file].ready()
        return {"tracks": tracks, "done": is_done}

    @router.get("/file/{file}/thumbnail/{track}")
    def _thumbnail(file: int, track: int) -> Response:
        desk.check(file)
        picture = desk.thumbnails[file].jpeg(track)
        if picture is None:
            raise HTTPException(404, f"track {track} has no picture")
        return Response(picture, media_type="image/jpeg")

    return router


def _changes(desk: Desk) -> APIRouter:
    """Edits, made and taken back."""
    router = APIRouter()

    @router.post("/file/{file}/edits")
    def _add(file: int, edit: _OneOrMore) -> dict[str, Any]:
        desk.check(file)
        desk.edits[file].add(edit if isinstance(edit, list) else [edit])
        return _state(desk, file)

    @router.post("/file/{file}/accept/{doubt}")
    def _accept(file: int, doubt: int) -> dict[str, Any]:
        """Cover the bare head that a doubt is about where it is proposed."""
        edits = desk.edits[desk.check(file)]
        edits.add(desk.worker(file).proposed(doubt, edits.edits))
        return _state(desk, file)

    @router.post("/file/{file}/dismiss")
    def _dismiss(file: int, doubts: _Numbers) -> dict[str, Any]:
        """Leave as it is what doubts are about."""
        edits = desk.edits[desk.check(file)]
        edits.add(desk.worker(file).dismissals(doubts))
        return _state(desk, file)

    @router.post("/file/{file}/undo")
    def _undo(file: int, position: int | None = None) -> dict[str, Any]:
        desk.check(file)
        desk.edits[file].undo(position)
        return _state(desk, file)

    @router.post("/file/{file}/redo")
    def _redo(file: int) -> dict[str, Any]:
        desk.check(file)
        desk.edits[file].redo()
        return _state(desk, file)

    return router


def _copy(desk: Desk) -> APIRouter:
    """The corrected copies."""
    router = APIRouter()

    @router.post("/render")
    def _render(file: int | None = None) -> dict[str, Any]:
        """Write that of one file, or those of all that have edits."""
        desk.render(None if file is None else [file])
        return asdict(desk.rendering.state)

    @router.get("/render")
    def _rendered() -> dict[str, Any]:
        return asdict(desk.rendering.state)

    return router


def _state(desk: Desk, file: int) -> dict[str, Any]:
    """The edits so far, what became of each, and what they come to."""
    edits = desk.edits[file]
    state = desk.worker(file).state(edits.edits)
    listed = [
        {**edit.model_dump(mode="json", exclude_none=True), **outcome}
        for edit, outcome in zip(edits.edits, state.pop("outcomes"), strict=True)
    ]
    return {**state, "edits": listed, "can_redo": edits.can_redo}
