"""What the description of operations says of answers that are not what was asked for, or files."""

from typing import Any

from pydantic import BaseModel

__all__ = ["REFUSALS", "Refused", "file_of"]


class Refused(BaseModel):
    """Why something was not done."""

    detail: str


REFUSALS: dict[int | str, dict[str, Any]] = {
    code: {"model": Refused, "description": why}
    for code, why in {
        400: "The body broke off.",
        401: "No token, or one that is worth nothing.",
        403: "The role is missing.",
        404: "There is no such thing.",
        409: "The store says no: it was erased, decided meanwhile, or waits for somebody else.",
        413: "The body is too large.",
        422: "Something in it cannot be understood.",
        429: "Too much in a minute.",
        503: "The store cannot be used now.",
    }.items()
}
"""By which status every operation may be refused."""


def file_of(kind: str) -> dict[int | str, dict[str, Any]]:
    """Describe an answer that is a file of a media type."""
    return {200: {"content": {kind: {"schema": {"type": "string", "format": "binary"}}}}}
