"""Tables can be read back, and nothing in them is computed or typeset as code."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.evaluate.tables import as_csv, as_latex

texts = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=12)
cells = st.one_of(texts, st.none(), st.floats(allow_nan=False, allow_infinity=False))


@given(st.lists(st.lists(cells, min_size=2, max_size=2), max_size=5))
def test_csv_is_read_back_and_holds_no_formula(rows: list[list[str | float | None]]) -> None:
    head, *read = csv.reader(io.StringIO(as_csv(["a", "b"], rows)))
    assert head == ["a", "b"]
    for row, back in zip(rows, read, strict=True):
        for cell, text in zip(row, back, strict=True):
            if isinstance(cell, float):
                assert float(text) == pytest.approx(cell, rel=5.1e-6, abs=0)
            elif cell is None:
                assert text == ""
            else:
                assert text.isprintable()
                assert text in (cell, f"'{cell}") or not cell.isprintable()
                assert not text.lstrip().startswith(("=", "+", "-", "@", "\uff1d"))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\uff1d1"])
def test_a_formula_is_made_text(text: str) -> None:
    assert as_csv([text], [[text]]).count("'") == 2


@given(texts)
def test_no_letter_is_left_to_latex(text: str) -> None:
    line = as_latex(["a"], [[text]]).splitlines()[6]
    bare = re.sub(r"\\textbackslash\{\}|\\textasciitilde\{\}|\\textasciicircum\{\}", "", line)
    bare = re.sub(r"\\[&%$#_{}]", "", bare).removesuffix(r"\\")
    assert not set(bare) & set("\\&%$#_{}~^")
    assert bare.isprintable()


def test_a_latex_table_by_hand() -> None:
    rows = [["black & white", 52.149, -4.5], ["50 %", None, 1e3]]
    assert as_latex(["row", "mAP", "difference"], rows, "Table VIII", digits=2) == (
        "\\begin{table}\n\\centering\n\\begin{tabular}{lrr}\n\\toprule\n"
        "row & mAP & difference \\\\\n\\midrule\n"
        "black \\& white & 52.15 & -4.50 \\\\\n50 \\% &  & 1000.00 \\\\\n"
        "\\bottomrule\n\\end{tabular}\n\\caption{Table VIII}\n\\end{table}\n"
    )


def test_a_table_without_rows_is_a_heading() -> None:
    assert as_csv(["a", "b"], []) == "a,b\n"
    assert "a & b" in as_latex(["a", "b"], [])
