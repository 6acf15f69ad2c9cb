"""Texts and tables as Markdown shows them."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from passerby.runtime.printable import printable

__all__ = ["code_text", "json_text", "markdown_table", "plain_text"]


def markdown_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose cells hold texts as they are."""
    lines = [columns, ["---"] * len(columns), *(map(plain_text, cells) for cells in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def plain_text(value: object) -> str:
    r"""Return a text as Markdown shows it, in its cell: no link, no markup, no other column.

    Example:
        >>> plain_text("a|b")
        'a\\|b'
    """
    line = printable(" ".join(str(value).split()))
    return "".join(f"\\{letter}" if letter in "\\|<[`" else letter for letter in line)


def code_text(value: object) -> str:
    """Return a text as code.

    Example:
        >>> code_text("a`b")
        "`a'b`"
    """
    return "`" + printable(str(value)).replace("`", "'") + "`"


def json_text(value: Any) -> str:  # noqa: ANN401  (plain values)
    """Return plain values as code, in JSON.

    Example:
        >>> json_text({"epochs": 30})
        '`{"epochs": 30}`'
    """
    return code_text(json.dumps(value))
