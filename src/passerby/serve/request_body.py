"""The body of a request: in memory, of a bounded size, never in a file."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.requests import HTTPConnection
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

__all__ = ["FORM_BYTES", "Form", "read_body", "read_form"]

FORM_BYTES = 64 * 1024
"""The longest form."""

_FORM = "application/x-www-form-urlencoded"


async def read_body(request: Request, most: int) -> bytes:
    """Return the body of a request.

    Args:
        request: Whose.
        most: Bytes.

    Raises:
        HTTPException: 413 if it is longer, 400 if it breaks off.
    """
    parts, size = [], 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > most:
                said = f"this is too large: at most {most / 1e6:.1f} MB are read"
                raise HTTPException(413, said, {"connection": "close"})  # the rest is not read
            parts.append(part)
    except ClientDisconnect:
        raise HTTPException(400, "the browser went away before it had sent all") from None
    return b"".join(parts)


async def read_form(connection: HTTPConnection) -> QueryParams:
    """Return what a form says; nothing if the request is none."""
    kind = connection.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not isinstance(connection, Request) or connection.method != "POST" or kind != _FORM:
        return QueryParams()
    body = await read_body(connection, FORM_BYTES)
    try:
        return QueryParams(body.decode("utf-8"))
    except ValueError:
        raise HTTPException(400, "the form cannot be read: send it again") from None


Form = Annotated[QueryParams, Depends(read_form)]
"""What the form of a request says, by field."""
