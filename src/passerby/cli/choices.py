"""The page of the documentation that holds the names which options take.

``python -m passerby.cli.choices`` prints it from the registries; ``make golden`` writes it to
its place, and a test compares it with what is there.
"""

import sys
from collections.abc import Callable, Mapping
from typing import TypeAlias, TypeVar

from passerby.anonymization import OPERATORS, PRESETS, REGIONS, Operator, Preset, Region
from passerby.datasets import DATASETS, DatasetCard
from passerby.models.cards import MODELS, ModelCard
from passerby.models.obfuscators import OBFUSCATORS, ObfuscatorCard
from passerby.models.reid import REID_MODELS, ReidCard
from passerby.registry import Registry

__all__ = ["choices", "table"]

_Entry = TypeVar("_Entry")
Columns: TypeAlias = Mapping[str, Callable[[_Entry], str]]

_INTRODUCTION = """\
# Names to choose from

Every region, operator, preset, model and data set. This page is written by `make golden`.
"""


REGION_COLUMNS: Columns[Region] = {
    "which pixels": lambda region: region.summary,
    "detectors it needs": lambda region: ", ".join(sorted(k.name.lower() for k in region.kinds)),
}
OPERATOR_COLUMNS: Columns[Operator] = {
    "what it does": lambda operator: operator.summary,
    "its strength": lambda operator: operator.strength_means,
    "default": lambda operator: str(operator.default or ""),
    "weak": lambda operator: "" if operator.hides else "may leave people recognisable",
}
PRESET_COLUMNS: Columns[Preset] = {
    "what it does": lambda preset: preset.summary,
    "source": lambda preset: preset.source,
    "weak": lambda preset: preset.weakness or "",
}
MODEL_COLUMNS: Columns[ModelCard] = {
    "finds": lambda card: card.role,
    "licence": lambda card: card.licence,
    "trained on": lambda card: card.training_data,
    "input": lambda card: card.input,
    "notes": lambda card: card.notes,
}
REID_COLUMNS: Columns[ReidCard] = {
    "what sets it apart": lambda card: card.summary,
    "paper": lambda card: card.paper,
    "height x width": lambda card: "x".join(map(str, card.size)),
    "signature": lambda card: f"{card.dimension:,}",
    "learns from": lambda card: ", ".join(card.losses),
    "starts from": lambda card: card.weights,
}
OBFUSCATOR_COLUMNS: Columns[ObfuscatorCard] = {
    "what sets it apart": lambda card: card.summary,
    "paper": lambda card: card.paper,
    "options": lambda card: ", ".join(f"{name} {value}" for name, value in card.options.items()),
}
DATASET_COLUMNS: Columns[DatasetCard] = {
    "data set": lambda card: card.title,
    "splits": lambda card: "" if card.splits is None else str(card.splits),
    "source": lambda card: card.source,
    "terms": lambda card: card.terms,
}


def choices() -> str:
    """Return the page as Markdown: one heading and one table a registry."""
    sections = {
        "Regions": table(REGIONS, REGION_COLUMNS),
        "Operators": table(OPERATORS, OPERATOR_COLUMNS),
        "Presets": table(PRESETS, PRESET_COLUMNS),
        "Models": table(MODELS, MODEL_COLUMNS),
        "Re-ID models": table(REID_MODELS, REID_COLUMNS),
        "Obfuscators": table(OBFUSCATORS, OBFUSCATOR_COLUMNS),
        "Data sets": table(DATASETS, DATASET_COLUMNS),
    }
    return "\n".join([_INTRODUCTION, *(f"## {name}\n\n{rows}" for name, rows in sections.items())])


def table(registry: Registry[_Entry], columns: Columns[_Entry]) -> str:
    """Return a registry as a Markdown table: its names, and what ``columns`` say of each entry."""
    rows = [["name", *columns], ["---"] * (len(columns) + 1)]
    for name, entry in registry.items():
        rows.append([f"`{name}`", *(column(entry) for column in columns.values())])
    return "".join(f"| {' | '.join(_cell(text) for text in row)} |\n" for row in rows)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


if __name__ == "__main__":
    sys.stdout.write(choices())
