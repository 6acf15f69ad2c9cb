"""The claims are the papers': each number is looked up in the text of its table."""

import re
from collections import Counter
from pathlib import Path

import pytest

from passerby.errors import ConfigError
from passerby.evaluate.filter_performance import filter_performance
from passerby.reproduce.claims import PAPERS, claims, value_of

TEXTS = {
    "van-rooijen": "van-rooijen-anonymized-reid.txt",
    "dietlmeier": "dietlmeier-faces-reid.txt",
    "de-coninck": "de-coninck-obfuscator.txt",
    "johansson-lundberg": "johansson-lundberg-filter.txt",
}
COUNTS = {
    "van-rooijen": {"Table 1": 9, "Table 2": 26, "Section 3": 2},
    "dietlmeier": {
        "Table I": 20,
        "Table II": 30,
        **{f"Table {number}": 36 for number in ("III", "IV", "V", "VI", "VII")},
        "Table VIII": 20,
        "Section IV-B": 12,
        "Section IV-C": 1,
        "Section III-A": 7,
    },
    "de-coninck": {"Table 1": 6, "Table 2": 20, "Table 3": 23, "Table 4": 10, "Figure 2": 1},
    "johansson-lundberg": {"Table 5.1": 4, "Table 5.2": 24},
}
REFERENCE = re.compile(r"\s*\[\d+\](?:, \[\d+\])*")
NUMBER = re.compile(r"\d+(?:\.\d+)?")

Table = dict[str, list[float]]


def text_of(shared: Path, paper: str) -> str:
    """A paper's text, with a name that was scanned in Cyrillic letters put right."""
    text = (shared / "papers" / TEXTS[paper]).read_text(encoding="utf-8")
    return text.replace("ВоТ", "BoT")  # noqa: RUF001


def printed(text: str, header: str, known: set[str]) -> list[Table]:
    """All tables whose head begins with ``header``: rows of numbers by their names.

    In some the scan put several rows into one, with several names or numbers in each cell.
    """
    tables = []
    for block in text.split("\n\n"):
        lines = block.splitlines()
        if any(line.startswith(header) for line in lines):
            tables.append(dict(row for line in lines for row in rows_of(line, known)))
    return tables


def rows_of(line: str, known: set[str]) -> list[tuple[str, list[float]]]:
    label, *cells = REFERENCE.sub("", line.replace(",", "")).split("\t")
    names = [label] if label in known else [name for name in label.split() if name in known]
    columns = [[float(number) for number in NUMBER.findall(cell)] for cell in cells]
    columns = [column for column in columns if len(column) == len(names)]
    return list(zip(names, (list(row) for row in zip(*columns, strict=True)), strict=False))


def held(paper: str, table: str) -> Table:
    """The same of what we hold."""
    rows: Table = {}
    for claim in claims(paper):
        if claim.table == table:
            rows.setdefault(claim.row, []).append(claim.value)
    return rows


@pytest.mark.shared
def test_tables_of_models_are_printed_so(shared: Path) -> None:
    text = text_of(shared, "dietlmeier")
    models = set(held("dietlmeier", "Table III"))
    # The caption of Table VI is lost in the text; its place is between V and VII.
    tables = printed(text, "Models\tmAP", models)
    names = [f"Table {number}" for number in ("III", "IV", "V", "VI", "VII")]
    assert tables == [held("dietlmeier", name) for name in names]
    captions = [text.index(f"TABLE {number}\n") for number in ("III", "IV")]
    captions += [text.index(f"TABLE {number} ") for number in ("V", "VII")]
    assert captions == sorted(captions)


@pytest.mark.shared
def test_table_i_is_printed_so(shared: Path) -> None:
    expected = held("dietlmeier", "Table I")
    (block,) = [
        part
        for part in text_of(shared, "dietlmeier").split("\n\n")
        if part.startswith("Models\tVenue")
    ]
    label, _, *cells = REFERENCE.sub("", block.splitlines()[-1]).split("\t")
    columns = [[float(number) for number in cell.split()] for cell in cells]
    assert dict(zip(label.split(), map(list, zip(*columns, strict=True)), strict=True)) == expected


@pytest.mark.shared
@pytest.mark.parametrize(
    ("table", "header"), [("Table II", "Dataset\t"), ("Table VIII", "Face anon. tech.")]
)
def test_the_other_tables_of_dietlmeier_are_printed_so(
    shared: Path, table: str, header: str
) -> None:
    expected = held("dietlmeier", table)
    assert printed(text_of(shared, "dietlmeier"), header, set(expected)) == [expected]


@pytest.mark.shared
def test_tables_of_van_rooijen_are_printed_so(shared: Path) -> None:
    text = text_of(shared, "van-rooijen")
    (sizes,) = printed(text, "Subset\t", {"Train", "Query (test)", "Gallery (test)"})
    assert list(sizes.values()) == list(held("van-rooijen", "Table 1").values())
    (block,) = [part for part in text.split("\n\n") if part.startswith("Method\t")]
    rows = [line.split("\t") for line in block.splitlines()[1:]]
    numbers = [
        [float(re.sub(r"[^\d.]", "", cell)) for cell in cells if cell != "-"] for _, *cells in rows
    ]
    labels = [f"{name} {cells[0]}".removesuffix(" -") for name, *cells in rows]
    assert dict(zip(labels, numbers, strict=True)) == held("van-rooijen", "Table 2")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("paper", "table"),
    [
        ("van-rooijen", "Section 3"),
        ("dietlmeier", "Section IV-C"),
        ("dietlmeier", "Section III-A"),
    ],
)
def test_numbers_of_the_text_stand_there(shared: Path, paper: str, table: str) -> None:
    text = text_of(shared, paper)
    for claim in claims(paper):
        if claim.table == table:
            digits = re.escape(f"{abs(claim.value):g}")
            assert re.search(rf"(?<![\d.]){digits}(?![\d]|\.\d)", text), claim


MEANS = {
    "mAP": (
        r"mAP across .* before anonymization is (\S+) and (\S+) after anonymization \((-\S+)\), "
        r"and (\S+) after retraining .*? \((-\S+)\)\. .*? on mAP "
        r"\(one-sided paired t-test, p < (\S+)\)"
    ),
    "rank1": (
        r"rank-1 accuracy before anonymization is (\S+), after is (\S+) \((-\S+)\), and after "
        r"retraining is (\S+) \((-\S+)\)\. .*? is significant \(p < (\S+)\)"
    ),
}


@pytest.mark.shared
def test_means_and_their_tests_stand_in_their_sentences(shared: Path) -> None:
    text = text_of(shared, "dietlmeier")
    expected = held("dietlmeier", "Section IV-B")
    found = {name: re.search(sentence, text) for name, sentence in MEANS.items()}
    assert {
        name: [float(number) for number in match.groups()] for name, match in found.items() if match
    } == expected


def cells_of(text: str, caption: str) -> list[list[str]]:
    """The lines of the first table after a caption, cell by cell."""
    block = text[text.index(caption) :].split("\n\n")[1]
    return [line.split("\t") for line in block.splitlines()]


def numbers_in(cells: list[str]) -> list[float]:
    return [float(number) for cell in cells for number in re.findall(r"\d+(?:\.\d+)?", cell)]


@pytest.mark.shared
def test_table_1_of_de_coninck_is_printed_so(shared: Path) -> None:
    lines = cells_of(text_of(shared, "de-coninck"), "Table 1: Person AP")[1:]
    tested = [line[1] for line in lines]
    values = [float(line[2]) for line in lines]
    (first, *_), (second, *_) = (
        [line[0] for line in part if line[0]] for part in (lines[:3], lines[3:])
    )
    assert {first: values[:3], second: values[3:]} == held("de-coninck", "Table 1")
    columns = [claim.column for claim in claims("de-coninck") if claim.table == "Table 1"]
    assert tested == columns


@pytest.mark.shared
def test_table_2_of_de_coninck_is_printed_so(shared: Path) -> None:
    _, head, *lines = cells_of(text_of(shared, "de-coninck"), "Table 2: Relative cross")
    expected = held("de-coninck", "Table 2")
    assert {line[0]: [float(cell) for cell in line[1:]] for line in lines} == expected
    columns = [claim.column for claim in claims("de-coninck") if claim.table == "Table 2"]
    assert head[1:] == columns[:5]


@pytest.mark.shared
def test_table_3_of_de_coninck_is_printed_so(shared: Path) -> None:
    head, _, *lines = cells_of(text_of(shared, "de-coninck"), "Table 3: Comparison")
    columns = [[float(line[place]) for line in lines] for place in range(1, 5)]
    strengths = {"Blurring": 3.0, "Random Noise": 2.0, "Quantified": 15.0}
    found = {}
    for cell, column in zip(head[1:], columns, strict=True):
        name, _, rest = cell.partition(" (")
        precision, *strength = numbers_in([rest])
        assert strength[-1:] == ([strengths[name]] if name in strengths else [])
        found[name] = [*strength[-1:], precision, *column]
    assert found == held("de-coninck", "Table 3")
    assert [line[0] for line in lines] == ["SSIM", "MSE", "PSNR", "NMI"]


@pytest.mark.shared
def test_table_4_and_figure_2_of_de_coninck_are_printed_so(shared: Path) -> None:
    text = text_of(shared, "de-coninck")
    lines = cells_of(text, "Table 4: Comparison")[1:]
    assert {line[0]: numbers_in(line[1:]) for line in lines} == held("de-coninck", "Table 4")
    (least,) = held("de-coninck", "Figure 2")["a twentieth of the MACs"]
    assert f"with a factor 20, the detection accuracy is still above {least:.0f}%" in text


@pytest.mark.shared
def test_tables_of_johansson_and_lundberg_are_printed_so(shared: Path) -> None:
    lines = [line.split("\t") for line in text_of(shared, "johansson-lundberg").splitlines()]
    values = {line[0]: line[1:] for line in lines if len(line) in (3, 4)}
    for table in ("Table 5.1", "Table 5.2"):
        for row, expected in held("johansson-lundberg", table).items():
            name = "Real S2" if row == "Real" else row
            assert [float(cell) for cell in values[name]] == expected, row


def test_filter_performance_follows_from_the_other_columns() -> None:
    rows = held("johansson-lundberg", "Table 5.2")
    ideal = {row[0]: values[0] for row, values in held("johansson-lundberg", "Table 5.1").items()}
    for row, (precision, auc, performance) in rows.items():
        best = ideal[row.removeprefix("Filter ")[0]]
        assert filter_performance(precision, auc, best) == pytest.approx(performance, abs=1.1e-3)


def test_units_are_those_of_the_columns() -> None:
    units = {claim.column: claim.unit for claim in claims("de-coninck") if claim.table == "Table 3"}
    assert (units["person AP"], units["PSNR"], units["SSIM"]) == ("%", "dB", "")


@pytest.mark.parametrize("paper", PAPERS)
def test_every_table_is_whole(paper: str) -> None:
    assert Counter(claim.table for claim in claims(paper)) == COUNTS[paper]
    cells = [(claim.table, claim.row, claim.column) for claim in claims(paper)]
    assert len(set(cells)) == len(cells)


def test_the_differences_of_the_text_follow_from_the_tables() -> None:
    for figure, less in (("mAP", -6.9), ("rank1", -3.3)):
        full, black = (value_of("van-rooijen", "Table 2", row, figure) for row in ROWS)
        assert full is not None
        assert black is not None
        assert black - full == pytest.approx(less)


ROWS = ("Full image", "Black out")


def test_a_cell_that_is_empty_in_the_paper_is_none() -> None:
    assert value_of("van-rooijen", "Table 2", "Full image", "kernel px") is None
    assert value_of("dietlmeier", "Table III", "BoT", "original/original rank5") is None


def test_an_unknown_paper_is_refused() -> None:
    with pytest.raises(ConfigError, match="unknown paper 'luo': choose one of van-rooijen"):
        claims("luo")
