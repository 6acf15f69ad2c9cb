"""Figures over several trials, such as splits of a data set or random galleries."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any

import numpy as np

from passerby.errors import InputError
from passerby.evaluate.reid.protocol import Protocol
from passerby.evaluate.reid.results import CONVENTIONS, Result
from passerby.evaluate.statistics import Figures
from passerby.signatures.origin import Data

__all__ = ["Trials"]


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """What several trials found.

    Attributes:
        protocol: The rules.
        kind: What a trial is, in words.
        data: The images of each trial, or of all.
        figures: By name, shape (trials,).
    """

    protocol: Protocol
    kind: str
    data: tuple[Data, ...]
    figures: Mapping[str, Figures]

    @classmethod
    def over_splits(cls, results: "Sequence[Result | Trials]") -> "Trials":
        """Take the figures of each split, as of VIPeR; of several trials in a split their means.

        Raises:
            InputError: If there is no split.
        """
        if not results:
            raise InputError("there is no split to average over: give at least one")
        summaries = [result.summary() for result in results]
        figures = {name: np.array([one[name] for one in summaries]) for name in summaries[0]}
        kinds = sorted({one.kind for one in results if isinstance(one, Trials)})
        kind = " of ".join([f"{len(results)} splits", *kinds])
        data = [one.data if isinstance(one, Trials) else (one.data,) for one in results]
        return cls(results[0].protocol, kind, tuple(chain(*data)), figures)

    def summary(self) -> dict[str, float]:
        """The mean of each figure."""
        return self._each(lambda values: float(values.mean()))

    def deviations(self) -> dict[str, float]:
        """The standard deviation of each figure between trials; 0 if there is only one."""
        return self._each(lambda values: float(values.std(ddof=1)) if len(values) > 1 else 0.0)

    def as_dict(self) -> dict[str, Any]:
        """Everything, ready for JSON."""
        protocol = {**asdict(self.protocol), **CONVENTIONS, "trials": self.kind}
        return {
            **self.summary(),
            "deviation": self.deviations(),
            "trials": {name: values.tolist() for name, values in self.figures.items()},
            "protocol": {**protocol, "data": [asdict(one) for one in self.data]},
        }

    def _each(self, statistic: Callable[[Figures], float]) -> dict[str, float]:
        return {name: statistic(values) for name, values in self.figures.items()}
