"""The editor as an application: open to whoever has the link that the terminal shows, once."""

import secrets
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from passerby.errors import PasserbyError
from passerby.serve.editor.edit_list import EditList
from passerby.serve.editor.rendering import Rendering
from passerby.serve.editor.worker import EditAnswers
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


def editor_app(
    worker: EditAnswers, edits: EditList, rendering: Rendering, door: EditorDoor
) -> FastAPI:
    """Return the application.

    Args:
        worker: Renders frames.
        edits: The edits so far.
        rendering: Renders the copy.
        door: Lets people in.
    """
    app = FastAPI(title="passerby edit", openapi_url=None, docs_url=None, redoc_url=None)

    @app.get("/enter")
    def _enter(key: str) -> Response:
        answer = RedirectResponse("/", 303)
        answer.set_cookie(door.cookie, door.enter(key), httponly=True, samesite="strict")
        return answer

    for router in (_page(), _pictures(worker, edits), _changes(worker, edits), _copy(rendering)):
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


def _pictures(worker: EditAnswers, edits: EditList) -> APIRouter:
    """Covered frames, and what is known of them."""
    router = APIRouter()

    @router.get("/facts")
    def _facts() -> dict[str, Any]:
        return {**worker.facts(), **_state(worker, edits)}

    @router.get("/frame/{index}")
    def _frame(index: int) -> Response:
        return Response(worker.jpeg(index, edits.edits), media_type="image/jpeg")

    @router.post("/preview/{index}")
    def _preview(index: int, edit: _Values) -> Response:
        """A frame with an edit that is not made yet."""
        more = (*edits.edits, edits.checked(edit))
        return Response(worker.jpeg(index, more), media_type="image/jpeg")

    return router


def _changes(worker: EditAnswers, edits: EditList) -> APIRouter:
    """Edits, made and taken back."""
    router = APIRouter()

    @router.post("/edits")
    def _add(edit: _Values) -> dict[str, Any]:
        edits.add(edit)
        return _state(worker, edits)

    @router.post("/undo")
    def _undo(position: int | None = None) -> dict[str, Any]:
        edits.undo(position)
        return _state(worker, edits)

    @router.post("/redo")
    def _redo() -> dict[str, Any]:
        edits.redo()
        return _state(worker, edits)

    return router


def _copy(rendering: Rendering) -> APIRouter:
    """The corrected copy."""
    router = APIRouter()

    @router.post("/render")
    def _render() -> dict[str, Any]:
        rendering.start()
        return asdict(rendering.state)

    @router.get("/render")
    def _rendered() -> dict[str, Any]:
        return asdict(rendering.state)

    return router


def _state(worker: EditAnswers, edits: EditList) -> dict[str, Any]:
    """The edits so far, and what became of each."""
    outcomes = worker.outcomes(edits.edits)
    listed = [
        {**edit.model_dump(mode="json", exclude_none=True), **outcome}
        for edit, outcome in zip(edits.edits, outcomes, strict=True)
    ]
    return {"edits": listed, "can_redo": edits.can_redo}
