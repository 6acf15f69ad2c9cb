"""Tables for spreadsheets and papers: CSV, and LaTeX with the package booktabs."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from passerby.runtime.printable import printable

__all__ = ["Cell", "as_csv", "as_latex", "no_formula"]

Cell: TypeAlias = str | float | None
"""Text, a number, or nothing."""

_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
"""How a text begins that spreadsheets would compute, in Latin and in wide letters."""

_LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{letter: f"\\{letter}" for letter in "&%$#_{}"},
}


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a table as CSV with a heading.

    Numbers have six significant digits, so that all machines write the same. A text that a
    spreadsheet would take for a formula gets an apostrophe before it.

    Example:
        >>> print(as_csv(["row", "mAP"], [["=1+1", -0.5], ["a, b", None]]), end="")
        row,mAP
        '=1+1,-0.5
        "a, b",
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_csv_cell(name) for name in columns])
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def as_latex(
    columns: Sequence[str], rows: Iterable[Sequence[Cell]], caption: str = "", digits: int = 1
) -> str:
    r"""Return a table as LaTeX, which needs ``\usepackage{booktabs}``.

    Args:
        columns: The heading; a column is set left if its first row is text, right otherwise.
        rows: Texts, which are escaped, and numbers.
        caption: Below the table, if any.
        digits: Of numbers, after the point.

    Example:
        >>> print(as_latex(["model", "mAP"], [["a_b", 56.71]]), end="")
        \begin{table}
        \centering
        \begin{tabular}{lr}
        \toprule
        model & mAP \\
        \midrule
        a\_b & 56.7 \\
        \bottomrule
        \end{tabular}
        \end{table}
    """
    body = list(rows)
    first = body[0] if body else columns
    sides = "".join("l" if isinstance(cell, str) else "r" for cell in first)
    lines = [
        r"\begin{table}",
        r"\centering",
        rf"\begin{{tabular}}{{{sides}}}",
        r"\toprule",
        _latex_row(columns, digits),
        r"\midrule",
        *(_latex_row(row, digits) for row in body),
        r"\bottomrule",
        r"\end{tabular}",
        *([rf"\caption{{{_escaped(caption)}}}"] if caption else []),
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def no_formula(text: str) -> str:
    r"""Return a text as spreadsheets show it, without computing it, and in one line.

    Example:
        >>> no_formula("=1+1"), no_formula("street"), no_formula("\t=1")
        ("'=1+1", 'street', '\\t=1')
    """
    shown = printable(text)
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) else shown


def _csv_cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return no_formula(cell)
    return "" if cell is None else f"{cell:.6g}"


def _latex_row(cells: Sequence[Cell], digits: int) -> str:
    return " & ".join(_latex_cell(cell, digits) for cell in cells) + r" \\"


def _latex_cell(cell: Cell, digits: int) -> str:
    if cell is None:
        return ""
    return _escaped(cell) if isinstance(cell, str) else f"{cell:.{digits}f}"


def _escaped(text: str) -> str:
    """Text that LaTeX sets as it is; line breaks become spaces."""
    line = printable(" ".join(text.split()))
    return "".join(_LATEX.get(letter, letter) for letter in line)
