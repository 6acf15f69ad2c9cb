"""Texts and tables as Markdown shows them."""

from collections.abc import Iterable, Sequence

from passerby.runtime.printable import printable

__all__ = ["code", "plain", "table"]


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose cells hold texts as they are."""
    lines = [columns, ["---"] * len(columns), *(map(plain, cells) for cells in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def plain(value: object) -> str:
    r"""Return a text as Markdown shows it, in its cell: no link, no markup, no other column.

    Example:
        >>> plain("a|b")
        'a\\|b'
    """
    line = printable(" ".join(str(value).split()))
    return "".join(f"\\{letter}" if letter in "\\|<[`" else letter for letter in line)


def code(value: object) -> str:
    """Return a text as code.

    Example:
        >>> code("a`b")
        "`a'b`"
    """
    return "`" + printable(str(value)).replace("`", "'") + "`"
