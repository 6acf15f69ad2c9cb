import pytest

from passerby.evaluate.coverage import Coverage
from table import Results, comparison, growth, markdown, spread
from usage import Usage

MEGABYTE = 1_000_000


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([], "-"),
        ([0.5], "0.50"),
        ([3, 1, 2], "2.00 (1.00-3.00)"),
        ([1, 2], "1.50 (1.00-2.00)"),
    ],
)
def test_a_spread_is_the_median_and_its_bounds(values: list[float], text: str) -> None:
    assert spread(values, ".2f") == text


def test_columns_are_lined_up() -> None:
    assert markdown(("", "long name"), [("row", "1"), ("longer row", "2")]).splitlines() == [
        "|            | long name |",
        "|------------|-----------|",
        "| row        | 1         |",
        "| longer row | 2         |",
    ]


def test_ratios_are_taken_within_a_round() -> None:
    # The second round was twice as slow for all, which changes no ratio.
    ours = Results(
        [Usage(20, 10, 300 * MEGABYTE), Usage(40, 20, 310 * MEGABYTE)],
        Coverage(200, 199, 200, 0.0287),
    )
    floor = Results([Usage(10, 8, 150 * MEGABYTE), Usage(20, 16, 150 * MEGABYTE)], None)
    table = comparison({"ours": ours, "floor": floor}, floor, frames=1000)
    _, _, first, second = map(cells, table.splitlines())
    assert first == [
        "ours",
        "0.0300 (0.0200-0.0400)",
        "2.00 (2.00-2.00)",
        "75.0 (50.0-100.0)",
        "310 MB",
        "99.5%",
        "100.0%",
        "2.87%",
    ]
    assert second[2:] == ["1.00 (1.00-1.00)", "93.8 (62.5-125.0)", "150 MB", "-", "-", "-"]


def test_without_a_floor_there_are_no_ratios() -> None:
    table = comparison({"ours": Results([Usage(20, 10, 1)], None)}, None, frames=100)
    assert cells(table.splitlines()[2])[:3] == ["ours", "0.2000", "-"]


def test_growth_lists_lengths() -> None:
    table = growth({500: Usage(20, 9, 300 * MEGABYTE), 10_000: Usage(400, 90, 301 * MEGABYTE)})
    assert [cells(line) for line in table.splitlines()[2:]] == [
        ["500", "300 MB", "0.0400"],
        ["10,000", "301 MB", "0.0400"],
    ]
