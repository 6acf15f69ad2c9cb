"""Numbers of tracks, persons and the like, as addresses and forms hold them."""

from typing import Annotated

from fastapi import Path
from starlette.exceptions import HTTPException

__all__ = ["PathNumber", "entered_number"]

_TOO_LARGE = 2**63
"""From there on, no store has numbers."""

PathNumber = Annotated[int, Path(ge=0, lt=_TOO_LARGE)]
"""In an address."""


def entered_number(text: str) -> int:
    """Read a number in a form.

    Raises:
        HTTPException: 422 if it is none.
    """
    if text.isascii() and text.isdigit() and len(text) < 20 and int(text) < _TOO_LARGE:
        return int(text)
    raise HTTPException(422, "a number is missing in the form: load the page again")
