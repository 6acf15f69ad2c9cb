"""Turns comparisons of anonymizers into the table of leaks that reports of runs quote.

    passerby compare blackout blackout:people pixelate:people --data DATA -o frontier
    python benchmarks/measured_leaks.py frontier > src/passerby/runs/measured_leaks.toml

All comparisons must have been made with one seed, on the same people, with gates that were passed.
Obfuscators are left out: each has a card of its own, and formulas alone find too little in them.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["leaks_of", "table_of"]

Record = Mapping[str, Any]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", type=Path, nargs="+", help="what passerby compare wrote")
    parser.add_argument("--commit", required=True, help="at which they were made")
    parser.add_argument("--command", default="passerby compare", help="that made them")
    asked = parser.parse_args()
    reports = [
        json.loads(path.read_text(encoding="utf-8"))
        for folder in asked.folders
        for path in sorted(folder.glob("*/report.json"))
    ]
    reports = [one for one in reports if not one["anonymizer"].startswith("The obfuscator")]
    print(table_of(reports, asked.command, asked.commit))


def table_of(reports: list[Record], command: str, commit: str) -> str:
    """The table as TOML.

    Raises:
        ValueError: If reports cannot stand in one table.
    """
    settings = [{**one["settings"], "anonymizer": ""} for one in reports]
    if any(one != settings[0] for one in settings) or len({one["people"] for one in reports}) > 1:
        raise ValueError("the reports are of different people, seeds or tiers: compare them again")
    if not all(one["gate"]["passed"] for one in reports):
        raise ValueError("a gate was not passed: its figures are not valid")
    first = strongest(reports[0], "linking")
    attacked = next(
        one["population"] for one in reports[0]["attacks"] if one["measure"] == "rank-1"
    )
    lines = [
        "# How often the strongest attacks recognise people at once, and the ends of the",
        "# 95 % interval. Made by benchmarks/measured_leaks.py.",
        "[card]",
        f'command = "{command}"',
        f"seed = {settings[0]['seed']}",
        f'commit = "{commit}"',
        f'people = "{attacked} {whom(reports[0]["people"])}"',
        f"clear = {first['clear']:.3f}",
        f"guessing = {first['chance']:.4f}",
        "",
        "[leaks]",
    ]
    rows = dict(leaks_of(one) for one in reports)
    lines += [f'"{key}" = {rows[key]}' for key in sorted(rows)]
    return "\n".join(lines)


def whom(source: str) -> str:
    """Whom a report attacks, behind their number.

    Example:
        >>> whom("People who do not exist"), whom("Crops of people in market1501-500")
        ('people who do not exist', 'people of market1501-500')
    """
    _, crops, data = source.partition("Crops of people in ")
    return f"people of {data}" if crops else source[:1].lower() + source[1:]


def leaks_of(report: Record) -> tuple[str, str]:
    """What the table calls an anonymizer, and its row."""
    figures = {kind: strongest(report, kind) for kind in ("identifying", "linking")}
    parts = [
        f"{kind} = [{', '.join(f'{one[name]:.3f}' for name in ('success', 'low', 'high'))}]"
        for kind, one in figures.items()
    ]
    return key_of(report), "{ " + ", ".join(parts) + " }"


def key_of(report: Record) -> str:
    """A preset by its name, an operator with regions and strength."""
    name = report["settings"]["anonymizer"]
    if report["anonymizer"].startswith("The preset"):
        return str(name)
    operator, _, rest = name.partition(":")
    regions, _, strength = rest.partition(":")
    chosen = ",".join(sorted((regions or "heads").split(",")))
    return f"{operator}:{chosen}" + (f":{strength}" if strength else "")


def strongest(report: Record, kind: str) -> Record:
    """The rank-1 of the strongest attack of a kind; ``clear`` is the best of all."""
    best = report["strongest"][kind]
    of_panel = [one for one in report["attacks"] if one["measure"] == "rank-1"]
    found: dict[str, Any] = next(
        one
        for one in of_panel
        if (one["name"], one["direction"]) == (best["name"], best["direction"])
    )
    return found | {"clear": max(one["clear"] for one in of_panel)}


if __name__ == "__main__":
    main()
