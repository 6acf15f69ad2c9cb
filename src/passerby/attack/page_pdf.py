"""The report for whoever has to answer for it, as a PDF to print and file.

What was found is on the first page, and why it can be believed on the second.
"""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from passerby.attack.page_content import PageContent
from passerby.extras import needing

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

__all__ = ["attack_pdf"]

_MARGIN, _SIDE = 42.0, 22.0
"""Of the page and of a picture of cells, in points."""
_WIDTH = 595.28 - 2 * _MARGIN
_QUESTIONS = (0.24, 0.13, 0.08, 0.09, 0.09, 0.18, 0.07, 0.12)
_CONTROLS = (0.22, 0.16, 0.22, 0.40)
"""Shares of the width."""
_TONES = {"bad": "#b00020", "doubt": "#8a6100"}
_RULE = "#999999"


def attack_pdf(content: PageContent) -> bytes:
    """Return the report as a file; the same content gives the same bytes.

    Args:
        content: What is said.

    Raises:
        ConfigError: If reportlab is not installed.
    """
    with needing("evaluate", "a PDF"):
        from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate  # noqa: PLC0415  (an extra)

    styles = _styles()

    def text(words: str, style: str = "line") -> "Flowable":
        marked = words.replace("<code>", '<font face="Courier">').replace("</code>", "</font>")
        return Paragraph(marked, styles[style])

    def lines(given: Iterable[str]) -> list["Flowable"]:
        return [text(f"• {one}") for one in given]

    verdict = f'<font color="{_TONES[content.tone]}">{content.verdict}</font>'
    heads = ("control", "hides", "share of the leak that was found", "passed")
    story = [
        text("Attack on an anonymizer", "title"),
        text(content.subtitle),
        text(verdict, "verdict"),
        text("Context", "head"),
        *lines(content.context),
        text("Data", "head"),
        *lines(content.data),
        text("What can be found out", "head"),
        _table(text, content.columns, content.questions, _QUESTIONS),
        *lines(content.remarks),
        PageBreak(),
        text("Whether this can be believed", "head"),
        text(content.gate),
        _table(text, heads, content.controls, _CONTROLS),
        text("Eight people, the first ones, as 8x8 cells", "head"),
        _cells(text, content.examples),
        text("What remains by design, and what was not tried", "head"),
        *lines(content.untested),
        text("Governance", "head"),
        *lines(content.governance),
    ]
    memory = BytesIO()
    document = SimpleDocTemplate(
        memory,
        pagesize=(595.28, 841.89),
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN - 6,
        bottomMargin=_MARGIN - 6,
        title="Attack on an anonymizer",
        author="passerby",
        invariant=1,
    )
    document.build(story, onFirstPage=_number, onLaterPages=_number)
    return memory.getvalue()


def _styles() -> dict[str, Any]:
    from reportlab.lib.styles import ParagraphStyle  # noqa: PLC0415  (an extra)

    line = ParagraphStyle("line", fontName="Helvetica", fontSize=8.4, leading=10.6)
    return {
        "line": line,
        "cell": ParagraphStyle("cell", parent=line, fontSize=7.8, leading=9.3),
        "title": ParagraphStyle("title", parent=line, fontSize=16, leading=21),
        "head": ParagraphStyle(
            "head", parent=line, fontName="Helvetica-Bold", fontSize=10, leading=14, spaceBefore=6
        ),
        "verdict": ParagraphStyle(
            "verdict",
            parent=line,
            fontName="Helvetica-Bold",
            fontSize=9.5,
            leading=12.5,
            spaceBefore=4,
        ),
    }


def _table(
    text: Any,  # noqa: ANN401  (takes words and a style)
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    shares: Sequence[float],
) -> "Flowable":
    """A table with lines between its rows, whose heads stand on each page."""
    from reportlab.platypus import Table  # noqa: PLC0415  (an extra)

    cells = [[text(f"<b>{one}</b>", "cell") for one in heads]]
    cells += [[text(one, "cell") for one in row] for row in rows]
    return Table(
        cells,
        colWidths=[share * _WIDTH for share in shares],
        repeatRows=1,
        spaceBefore=2,
        spaceAfter=3,
        style=[
            ("LINEBELOW", (0, 0), (-1, -1), 0.3, _RULE),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), 1.2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1.6),
            ("LEFTPADDING", (0, 0), (-1, -1), 2),
            ("RIGHTPADDING", (0, 0), (-1, -1), 2),
        ],
    )


def _cells(
    text: Any,  # noqa: ANN401  (takes words and a style)
    examples: Sequence[tuple[str, Sequence[bytes]]],
) -> "Flowable":
    """Pictures of 8x8 cells, a row for each way to show people."""
    from reportlab.platypus import Image, Table  # noqa: PLC0415  (an extra)

    rows = [
        [text(name, "cell"), *(Image(BytesIO(one), _SIDE, _SIDE) for one in pictures)]
        for name, pictures in examples
    ]
    widths = [0.22 * _WIDTH, *[_SIDE + 5] * (len(rows[0]) - 1)]
    style = [(f"{side}PADDING", (0, 0), (-1, -1), 1) for side in ("TOP", "BOTTOM", "LEFT", "RIGHT")]
    return Table(
        rows,
        colWidths=widths,
        hAlign="LEFT",
        style=[*style, ("VALIGN", (0, 0), (-1, -1), "MIDDLE")],
    )


def _number(canvas: Any, _document: object) -> None:  # noqa: ANN401  (reportlab has no types)
    """Write the number of the page."""
    canvas.setFont("Helvetica", 7)
    canvas.drawRightString(595.28 - _MARGIN, 22, f"page {canvas.getPageNumber()}")
