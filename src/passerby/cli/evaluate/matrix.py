"""``passerby evaluate matrix``: training x query x gallery condition, with paired tests."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from cyclopts import Group, Parameter

from passerby.cli.console import Table, print_table
from passerby.cli.datasets.options import DatasetOptions, Which
from passerby.cli.endings import check_ending
from passerby.cli.evaluate.console import check_new, progress
from passerby.cli.evaluate.inputs import describe_splits
from passerby.cli.evaluate.rules import RuleOptions, RulesOption
from passerby.cli.exit_codes import EXIT_OK
from passerby.datasets import ReidDataset
from passerby.errors import ConfigError
from passerby.evaluate.reid.matrix import Condition, Matrix, evaluate_matrix
from passerby.evaluate.reid.result_files import write_json
from passerby.evaluate.statistics import check_can_test
from passerby.evaluate.tables import Cell, as_csv, as_latex
from passerby.files.partial import Permit, write_text
from passerby.models.cards import PixelFormat
from passerby.signatures.describer import Describer
from passerby.signatures.opening import open_describers

__all__ = ["matrix"]

_WHAT = Group("Input", sort_key=1)
COLUMNS = (
    *("train", "query", "gallery", "mAP", "rank-1", "difference", "95 % low", "95 % high"),
    *("p t", "p wilcoxon", "p equivalence"),
)
_WIDTH = 132
"""Columns of the terminal that the table needs."""


def matrix(  # noqa: PLR0913  (one option each)
    *,
    images: Annotated[dict[str, Path] | None, Parameter(group=_WHAT)] = None,
    models: Annotated[dict[str, str] | None, Parameter(group=_WHAT)] = None,
    pixels: Annotated[PixelFormat | None, Parameter(group=_WHAT)] = None,
    which: Which = None,
    rules: RulesOption = None,
    margin: float = 0.01,
    seed: int = 0,
    raw: bool = False,
    json: Path | None = None,
    csv: Path | None = None,
    latex: Path | None = None,
    overwrite: bool = False,
) -> int:
    """Evaluate every combination of training, query and gallery condition, and compare in pairs.

    The first model and the first images are the reference. Every other cell is compared with it
    query by query: paired t-test, Wilcoxon's test, a bootstrap interval over people, and a test of
    equivalence. p values are corrected for the number of cells (Holm).

    Example: passerby evaluate matrix --images.original market --images.blurred twin
    --models.original a.onnx --models.blurred b.onnx --pixels rgb-imagenet --raw --json matrix.json

    Args:
        images: Conditions of the same images: --images.NAME ROOT, once for each.
        models: Networks by training condition: --models.NAME MODEL, once for each.
        pixels: Input format of ONNX files that do not state it.
        which: Which data set, and which split of it.
        rules: By which rules.
        margin: Largest difference in mAP that does not matter.
        seed: Seed of the bootstrap over people.
        raw: Describe raw images too, outside an anonymized twin: their signatures identify people.
        json: Write all results, with the protocol.
        csv: Write the table for spreadsheets, with a row for each cell of the matrix.
        latex: Write the table for a paper; it needs the package booktabs.
        overwrite: Replace files that exist.
    """
    if not images or not models:
        raise ConfigError("say what to compare: --images.NAME ROOT and --models.NAME MODEL")
    check_new(json, csv, latex, read=[*images.values(), *models.values()], overwrite=overwrite)
    check_ending(json, "JSON", ".json")
    check_ending(csv, "CSV", ".csv")
    check_ending(latex, "LaTeX", ".tex")
    check_can_test()
    rules = rules or RuleOptions()
    rules.check()
    networks = open_describers(models, pixels)
    datasets = _datasets(images, which or DatasetOptions())
    signatures = {
        name: {condition: _described(one, network, raw=raw) for condition, one in datasets.items()}
        for name, network in networks.items()
    }
    dataset = next(iter(datasets.values()))
    cells = len(models) * len(images) ** 2
    with progress("comparing", cells) as advance:
        found = evaluate_matrix(
            signatures,
            rules.protocol(dataset.protocol),
            margin=margin,
            seed=seed,
            progress=lambda: advance(1),
        )
    _print(found)
    permit = Permit(overwrite)
    if json is not None:
        write_json(json, found.as_dict(), permit)
    if csv is not None:
        write_text(csv, as_csv(COLUMNS, _rows(found)), permit)
    if latex is not None:
        write_text(latex, as_latex(COLUMNS, _rows(found), digits=4), permit)
    return EXIT_OK


def _datasets(images: dict[str, Path], which: DatasetOptions) -> dict[str, ReidDataset]:
    """Read the data set under each condition; all must list the same images."""
    read: dict[str, ReidDataset] = {}
    for condition, root in images.items():
        first = next(iter(read.values()), None)
        read[condition] = (which if first is None else replace(which, name=first.name)).read(root)
        if first is not None and read[condition].sha256 != first.sha256:
            raise ConfigError(
                f"{root} does not list the same images as {first.root}: run `passerby datasets "
                "check`"
            )
    return read


def _described(dataset: ReidDataset, describer: Describer, *, raw: bool) -> Condition:
    (compared,) = describe_splits([dataset], describer, raw=raw)
    return Condition(compared.query, compared.gallery, compared.origin)


def _rows(found: Matrix) -> Iterator[list[Cell]]:
    """One row for each cell of the matrix, as `COLUMNS` names its figures."""
    for cell, result in found.results.items():
        row: list[Cell] = [cell.train, cell.query, cell.gallery]
        row += [result.mean_average_precision, result.rank(1)]
        if cell != found.reference:
            comparison = found.comparisons[cell]
            row += [comparison.difference, comparison.interval.low, comparison.interval.high]
            row += found.corrected[cell].values()
        yield [*row, *[None] * (len(COLUMNS) - len(row))]


def _print(found: Matrix) -> None:
    table = Table("trained on / query / gallery", "mAP", "rank-1", "difference", "95 % interval")
    for heading in ("p, t-test", "p, Wilcoxon", "p, equivalence"):
        table.add_column(heading)
    for cell, result in found.results.items():
        figures = (f"{result.mean_average_precision:.4f}", f"{result.rank(1):.4f}")
        if cell == found.reference:
            table.add_row(str(cell), *figures, "reference")
            continue
        comparison, p = found.comparisons[cell], found.corrected[cell]
        interval = f"{comparison.interval.low:+.4f} to {comparison.interval.high:+.4f}"
        tests = (f"{one:.2g}" for one in p.values())
        table.add_row(str(cell), *figures, f"{comparison.difference:+.4f}", interval, *tests)
    print_table(table, least_width=_WIDTH)
