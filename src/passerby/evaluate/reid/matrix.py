"""Trained on, asked with, searched in: every combination of conditions, compared in pairs.

Original pictures and anonymized ones are two conditions of the same images. The field reports one
or two cells of this matrix, without a test. Here all are evaluated on one index, and each is
compared with a reference cell query by query.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

import numpy as np

from passerby.errors import ConfigError, InputError
from passerby.evaluate.comparison import Comparison, compare
from passerby.evaluate.reid.evaluation import evaluate
from passerby.evaluate.reid.protocol import Protocol
from passerby.evaluate.reid.results import Result
from passerby.evaluate.statistics import holm
from passerby.signatures.origin import Origin
from passerby.signatures.signatures import Signatures

__all__ = ["Condition", "Matrix", "MatrixCell", "evaluate_matrix"]


@dataclass(frozen=True, slots=True, order=True)
class MatrixCell:
    """One combination.

    Attributes:
        train: What the network was trained on.
        query: What is asked with.
        gallery: What is searched in.
    """

    train: str
    query: str
    gallery: str

    def __str__(self) -> str:
        return f"{self.train} / {self.query} / {self.gallery}"


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """The signatures that one network makes of the images under one condition.

    Attributes:
        query, gallery: The signatures.
        origin: Where they come from.
    """

    query: Signatures
    gallery: Signatures
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """All cells, and how each differs from the reference.

    Attributes:
        reference: The cell that all others are compared with.
        results: Of each cell.
        comparisons: Of average precision, of every other cell with the reference.
        corrected: p of each comparison after Holm's correction over all of them, by test:
            ``t``, ``wilcoxon`` and ``equivalence``.
    """

    reference: MatrixCell
    results: Mapping[MatrixCell, Result]
    comparisons: Mapping[MatrixCell, Comparison]
    corrected: Mapping[MatrixCell, Mapping[str, float]]

    def as_dict(self) -> dict[str, Any]:
        """Everything, ready for JSON."""
        return {
            "reference": asdict(self.reference),
            "cells": [
                {**asdict(cell), **result.as_dict(), "comparison": self._comparison(cell)}
                for cell, result in self.results.items()
            ],
        }

    def _comparison(self, cell: MatrixCell) -> dict[str, Any] | None:
        if cell == self.reference:
            return None
        return {**asdict(self.comparisons[cell]), "p_by_holm": dict(self.corrected[cell])}


def evaluate_matrix(
    signatures: Mapping[str, Mapping[str, Condition]],
    protocol: Protocol | None = None,
    *,
    margin: float = 0.01,
    seed: int = 0,
    progress: Callable[[], None] = lambda: None,
) -> Matrix:
    """Evaluate all cells; the first condition of each kind is the reference.

    Args:
        signatures: By what the network was trained on, then by the condition of the images; all
            of the same images in the same order.
        protocol: The rules, without coarse-to-fine re-ranking.
        margin: A difference in mAP that does not matter, for the test of equivalence.
        seed: Of the bootstrap.
        progress: Called after each cell.

    Raises:
        ConfigError: If there is nothing to compare, or the margin is not above 0.
        InputError: If conditions are not of the same images, or no query has a match.
    """
    cells = _cells(signatures)
    results = {}
    for cell in cells:
        asked, searched = signatures[cell.train][cell.query], signatures[cell.train][cell.gallery]
        results[cell] = evaluate(
            asked.query, searched.gallery, protocol, origin=searched.origin, verify=True
        )
        progress()
    reference, *others = cells
    first = results[reference]
    comparisons = {
        cell: compare(
            first.average_precision,
            results[cell].average_precision,
            first.ids,
            margin=margin,
            seed=seed,
        )
        for cell in others
    }
    return Matrix(reference, results, comparisons, _corrected(comparisons))


def _cells(signatures: Mapping[str, Mapping[str, Condition]]) -> list[MatrixCell]:
    """All cells, the reference first, after making sure that all are about the same images."""
    if not signatures or len({tuple(one) for one in signatures.values()}) > 1:
        raise ConfigError("every network must describe the images under the same conditions")
    every = [condition for one in signatures.values() for condition in one.values()]
    for condition in every:
        for side in ("query", "gallery"):
            known, other = getattr(every[0], side), getattr(condition, side)
            same = np.array_equal(known.ids, other.ids)
            if not same or not np.array_equal(known.cameras, other.cameras):
                raise InputError(
                    f"the {side} images of two conditions differ in ids or cameras: use data sets "
                    "with the same images, such as an original and its anonymized twin"
                )
    conditions = list(next(iter(signatures.values())))
    cells = [MatrixCell(*names) for names in product(signatures, conditions, conditions)]
    if len(cells) < 2:
        raise ConfigError("there is one cell and nothing to compare: give a second condition")
    return cells


def _corrected(comparisons: Mapping[MatrixCell, Comparison]) -> dict[MatrixCell, dict[str, float]]:
    tests = {
        "t": [one.t_p for one in comparisons.values()],
        "wilcoxon": [one.wilcoxon_p for one in comparisons.values()],
        "equivalence": [one.equivalence.p for one in comparisons.values()],
    }
    corrected = {test: holm(p) for test, p in tests.items()}
    return {
        cell: {test: values[number] for test, values in corrected.items()}
        for number, cell in enumerate(comparisons)
    }
