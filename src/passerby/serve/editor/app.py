"""The editor as an application: open to whoever has the link that the terminal shows, once."""

import os
import secrets

from fastapi import Depends, FastAPI, Request
from fastapi.requests import HTTPConnection
from starlette.exceptions import HTTPException, WebSocketException
from starlette.responses import JSONResponse, RedirectResponse, Response

from passerby.errors import PasserbyError
from passerby.serve.editor.desk import Desk
from passerby.serve.editor.routes import editor_router
from passerby.serve.security_headers import SecurityHeaders

__all__ = ["EditorDoor", "editor_app"]

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

    def __call__(self, connection: HTTPConnection) -> None:
        """Let a request or a socket in.

        Raises:
            HTTPException: 403 if a request comes from elsewhere.
            WebSocketException: Likewise, of a socket.
        """
        refusal = self._refusal(connection)
        if refusal is None:
            return
        if connection.scope["type"] == "websocket":
            raise WebSocketException(1008, refusal)
        raise HTTPException(403, refusal)

    def _refusal(self, connection: HTTPConnection) -> str | None:
        given = connection.cookies.get(self.cookie, "")
        if not secrets.compare_digest(given.encode(), self._session.encode()):
            return "open the link that the terminal shows"
        if isinstance(connection, Request) and connection.method == "GET":
            return None
        origin, host = connection.headers.get("origin"), connection.headers.get("host")
        return None if origin == f"http://{host}" else "this request comes from another page"


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

    app.include_router(editor_router(Depends(door), lambda: desk, lambda: os.environ.get("USER")))

    @app.exception_handler(PasserbyError)
    def _failed(_request: Request, error: PasserbyError) -> Response:
        return JSONResponse({"detail": str(error)}, 422)

    app.add_middleware(SecurityHeaders, hosts=_HOSTS, secure=False)
    return app
