"""Style and script of the console; they are read once, and nothing else is handed out."""

from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

from passerby.serve.access import Anyone

__all__ = ["router", "static_version"]

_FOLDER = Path(__file__).with_name("static")
_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FILES = {path.name: path.read_bytes() for path in sorted(_FOLDER.iterdir())}

static_version = sha256(b"".join(_FILES.values())).hexdigest()[:12]
"""Changes when a file does, so that browsers may keep files of a version for good."""

router = APIRouter(include_in_schema=False)


@router.get("/static/{version}/{name}")
def _static_file(_visitor: Anyone, version: str, name: str) -> Response:
    if name not in _FILES or version != static_version:
        raise HTTPException(404, "there is no such file")
    headers = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(_FILES[name], media_type=_KINDS[Path(name).suffix], headers=headers)
