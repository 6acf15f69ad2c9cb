import re
import zlib
from base64 import a85decode
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from tests.attack.test_report import linked, report

from passerby.anonymization.preview import preview
from passerby.attack.page_content import NOT_VALID, page_content
from passerby.attack.page_pdf import attack_pdf
from passerby.attack.pictures import ExampleCells
from passerby.sinks.thumbnails import thumbnail
from passerby.types import Frame

WHEN = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
LEAKING = (linked(10, 0.6), linked(50, 0.4, "anonymized to anonymized"))


def pdf(**changed):
    cells = thumbnail(preview(Frame(np.full((16, 8, 3), 90, np.uint8))))
    shown = replace(report(attacks=LEAKING, **changed), examples=(ExampleCells(*[cells] * 4),) * 8)
    return attack_pdf(page_content(shown, WHEN))


def words(file: bytes) -> str:
    """All text of a PDF, which reportlab writes as strings in deflated streams of ASCII 85."""
    found = []
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", file, re.DOTALL):
        try:
            page = zlib.decompress(
                a85decode(stream.strip(), adobe=False)
                if not stream.strip().endswith(b"~>")
                else a85decode(b"<~" + stream.strip(), adobe=True)
            )
        except (ValueError, zlib.error):
            continue  # a picture
        found += re.findall(rb"\(((?:[^()\\]|\\.)*)\) Tj", page)
    return b" ".join(found).decode("latin-1").replace("\\(", "(").replace("\\)", ")")


def test_the_pdf_has_two_pages_that_say_what_the_page_says():
    file = pdf()
    assert len(re.findall(rb"/Type /Page\b(?!s)", file)) == 2
    said = words(file)
    for part in ("Context", "What can be found out", "60.0% (50.0% to 70.0%)", "Governance"):
        assert part in said
    assert "The operator < blur >" in said


def test_the_same_report_gives_the_same_file():
    assert pdf() == pdf()


def test_a_report_whose_gate_failed_is_stamped():
    said = words(pdf(passed=False))
    assert said.index(NOT_VALID) < said.index("Context")
    assert "anonymous" not in said.lower()
