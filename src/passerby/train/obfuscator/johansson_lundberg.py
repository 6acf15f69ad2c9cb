"""Johansson and Lundberg: a filter between a detector that it helps and a re-ID it hinders.

For every batch the detector learns from filtered pictures (mean squared error of heat maps), then
the re-ID network from filtered pairs (binary cross-entropy), once or more; then the filter through
both, whose weights are frozen meanwhile (algorithm 1): L_comb = L_MSE - L_BCE / lambda.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from passerby.evaluate.detection import heat_map_average_precision
from passerby.evaluate.filter_performance import filter_performance
from passerby.evaluate.roc import auc_folded, auc_roc
from passerby.models.detectors.differentiable import HeatMapDetector
from passerby.models.obfuscators import Obfuscator, create_obfuscator
from passerby.models.reid import create
from passerby.train.engine.loop import Epoch
from passerby.train.engine.machine import Machine
from passerby.train.engine.progress import Report, TrainingProgress
from passerby.train.obfuscator.adversarial import (
    AdversarialTraining,
    Diagnosis,
    fixed_weights,
    learn_from,
)
from passerby.train.obfuscator.filter_data import FilterData, FilterExamples
from passerby.train.obfuscator.fresh_attack import AttackSettings
from passerby.train.obfuscator.pool import as_tensor
from passerby.train.obfuscator.privacy import energy_distance
from passerby.train.obfuscator.selection import Chosen, obfuscator_of
from passerby.train.obfuscator.settings import JohanssonLundberg

__all__ = ["FilterFigures", "JohanssonLundbergRecipe", "PairNetwork"]

_AT_ONCE = 60
_COLLAPSED = 1
"""Levels, of 255, within which all pixels of all filtered pictures lie when nothing is left."""


class PairNetwork(nn.Module):
    """The re-ID: do two pictures show the same person?

    A dense layer over the squared differences of the features of both (section 4.1.2), whatever
    network describes them.

    Args:
        model: Name of a model of `passerby.models.reid`.
        side: Of the pictures.
        options: Of the model.
    """

    def __init__(self, model: str, side: int, **options: Any) -> None:  # noqa: ANN401 - as of the model
        super().__init__()
        self.network = create(model, 2, size=(side, side), **options)
        self.compare = nn.Linear(self.network.dimension, 1)

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Return the logits, shape (K,), for pictures of shape (K, 3, S, S), 0-1."""
        features = self.network.describe(torch.cat([first, second]))
        one, other = features.chunk(2)
        logits: Tensor = self.compare((one - other).square())
        return logits[:, 0]


@dataclass(frozen=True, slots=True)
class FilterFigures:
    """How good a filter is, measured on filtered pictures of 8 bits.

    Attributes:
        precision: AP of the detector's peaks (section 4.2.2).
        auc: Area under the ROC curve of the re-ID that learned along.
        spread: Levels, of 255, between the darkest and the brightest pixel of filtered pictures.
    """

    precision: float
    auc: float
    spread: int

    @property
    def collapsed(self) -> bool:
        """Whether the filter gives the same grey for everything: neither hides nor shows anybody.

        In floating point, differences of 1e-5 may still rank pairs perfectly; nobody can store
        them.
        """
        return self.spread <= _COLLAPSED


@dataclass(eq=False)
class JohanssonLundbergRecipe:
    """The epochs of the recipe.

    Args:
        settings: Its numbers.
        data: What it learns from.
        machine: What computes.
        seed: Of everything.
        ideal: AP of the detector without a filter.
    """

    settings: JohanssonLundberg
    data: FilterData
    machine: Machine
    seed: int
    ideal: float = 1.0

    losses: ClassVar[tuple[str, ...]] = ("total", "mse", "bce", "likeness")

    def __post_init__(self) -> None:
        torch.manual_seed(self.seed)
        chosen, place = self.settings, self.machine.placed
        network = place(
            create_obfuscator(
                "five-layer-filter", kernels=chosen.kernels, initialisation=chosen.initialisation
            )
        ).train()
        weights = Path(chosen.detector_weights) if chosen.detector_weights else None
        self._detector = place(
            HeatMapDetector(
                channels=chosen.detector_channels, weights=weights, width=chosen.detector_width
            )
        ).train()
        self._reid = self._new_reid().train()
        self.best = place(Chosen(network, figures=3))
        self.diagnosis = Diagnosis()
        self._validation = self.data.validation()
        self.training = AdversarialTraining(
            network=network,
            optimizers=(
                torch.optim.Adam(network.parameters(), lr=chosen.filter_rate),
                torch.optim.Adam(self._detector.parameters(), lr=chosen.detector_rate),
                torch.optim.Adam(self._reid.parameters(), lr=chosen.reid_rate),
            ),
            others={"detector": self._detector, "reid": self._reid, "best": self.best},
        )

    def _new_reid(self) -> PairNetwork:
        chosen = self.settings
        options = {} if chosen.reid_width == 1 else {"width": chosen.reid_width}
        return self.machine.placed(PairNetwork(chosen.reid, chosen.reid_size, **options))

    @property
    def steps(self) -> int:
        """Return the number of steps of the whole training."""
        return self.settings.epochs * self.settings.steps

    @property
    def result(self) -> Obfuscator:
        """The filter of the best epoch."""
        return self.best.network

    @property
    def figures(self) -> FilterFigures:
        """Of the best epoch, on the validation data."""
        precision, auc, levels = (float(value) for value in self.best.figures)
        return FilterFigures(precision, auc, round(levels))

    def epochs(self) -> Iterator[Epoch[FilterExamples]]:
        """The epochs that are left; between them the filter is measured, and the best is kept."""
        while True:
            self._measure()
            if self.training.epoch >= self.settings.epochs:
                return
            self.diagnosis = Diagnosis()
            epoch = self.training.epoch
            yield Epoch(
                batches=(self._batch(epoch, step) for step in range(self.settings.steps)),
                rate=lambda _number: self.settings.filter_rate,
                learn=self._learn,
                steps=self.steps,
                number=epoch + 1,
            )

    def _batch(self, epoch: int, step: int) -> FilterExamples:
        return self.data.batch((self.seed, epoch, step, 0), self.settings.batch)

    def _measure(self) -> None:
        """Measure the filter as it is, and keep it if it is the best of late."""
        chosen, epoch = self.settings, self.training.epoch
        if epoch <= chosen.chosen_after * chosen.epochs or epoch <= int(self.best.considered):
            return
        if epoch % chosen.measured_every and epoch != chosen.epochs:
            return
        found = self.measure(self._validation, self.training.network)
        rating = -filter_performance(found.precision, found.auc, min(self.ideal, 1.0))
        self.best.consider(
            epoch,
            (rating,),
            (found.precision, found.auc, float(found.spread)),
            self.training.network,
        )

    def _learn(self, batch: FilterExamples, rate: float) -> dict[str, Tensor]:
        """Take a step of the detector, of the re-ID network, and of the filter."""
        network, chosen = self.training.network, self.settings
        by_filter, by_detector, by_reid = self.training.optimizers
        device = self.machine.device
        images, close_ups = (as_tensor(one, device) for one in (batch.images, batch.close_ups))
        wanted = torch.from_numpy(batch.heat_maps).to(device)
        first, second = torch.from_numpy(batch.pairs.T).to(device)
        same = torch.from_numpy(batch.same).to(device)
        with torch.no_grad():
            filtered, hidden = network(images), network(close_ups)
        mse = functional.mse_loss(self._detector.heat_maps(filtered), wanted)
        learn_from(by_detector, mse, chosen.detector_rate)
        for _ in range(chosen.reid_steps):
            logits = self._reid(*self._compared(close_ups, hidden, first, second))
            bce = functional.binary_cross_entropy_with_logits(logits, same.float())
            learn_from(by_reid, bce, chosen.reid_rate)
        likeness = (filtered - images).square().mean()
        total = mse
        if self.training.epoch >= chosen.warmup:
            total, mse, bce, likeness = self._filter_loss(
                images, close_ups, wanted, first, second, same
            )
            learn_from(by_filter, total, rate)
        self.diagnosis.note_figure("detector MSE", float(mse.detach()))
        self.diagnosis.note_figure("re-ID BCE", float(bce.detach()))
        parts = {"total": total, "mse": mse, "bce": bce, "likeness": likeness}
        return {name: parts[name].detach() for name in self.losses}

    def _filter_loss(
        self,
        images: Tensor,
        close_ups: Tensor,
        wanted: Tensor,
        first: Tensor,
        second: Tensor,
        same: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return the loss of the combined model, and its parts.

        Frozen layers of Keras, which the thesis used, compute as in use, and so do these.
        """
        chosen = self.settings
        self._detector.eval()
        self._reid.eval()
        with fixed_weights(self._detector, self._reid):
            filtered = self.training.network(images)
            hidden = self.training.network(close_ups)
            mse = functional.mse_loss(self._detector.heat_maps(filtered), wanted)
            logits = self._reid(*self._compared(close_ups, hidden, first, second))
        self._detector.train()
        self._reid.train()
        bce = functional.binary_cross_entropy_with_logits(logits, same.float())
        likeness = (filtered - images).square().mean()
        hides = -bce
        if chosen.loss == "bounded":
            likelihood = logits.sigmoid()
            hides = energy_distance(likelihood[same], likelihood[~same])
        total = mse + hides / chosen.balance + chosen.likeness * likeness
        return total, mse, bce, likeness

    def _compared(
        self, clear: Tensor, hidden: Tensor, first: Tensor, second: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return both pictures of each pair, as the re-ID sees them."""
        one = clear if self.settings.compares == "clear" else hidden
        return one[first], hidden[second]

    def measure(
        self, examples: FilterExamples, network: Obfuscator, reid: PairNetwork | None = None
    ) -> FilterFigures:
        """Measure a filter on pictures that nobody learned from.

        Args:
            examples: The pictures.
            network: The filter.
            reid: Who compares people; the network that learned along, if left out.
        """
        obfuscate = obfuscator_of(network)
        seen, hidden = obfuscate(examples.images), obfuscate(examples.close_ups)
        found = self._found(seen)
        scores = self._scores(reid or self._reid, examples, hidden)
        return FilterFigures(
            heat_map_average_precision(list(found), list(examples.heat_maps)),
            auc_roc(scores, examples.same),
            int((seen.max(axis=(0, 1, 2)) - seen.min(axis=(0, 1, 2)).astype(int)).max()),
        )

    @torch.no_grad()
    def _found(self, seen: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
        """Return the heat maps that the detector makes of filtered pictures."""
        self._detector.eval()
        parts = [
            self._detector.heat_maps(
                as_tensor(seen[first : first + _AT_ONCE], self.machine.device)
            ).cpu()
            for first in range(0, len(seen), _AT_ONCE)
        ]
        self._detector.train()
        return torch.cat(parts).double().numpy()

    @torch.no_grad()
    def _scores(
        self, reid: PairNetwork, examples: FilterExamples, hidden: npt.NDArray[np.uint8]
    ) -> npt.NDArray[np.float64]:
        """Return the likelihood that each pair is of the same person."""
        reid.eval()
        parts = []
        for start in range(0, len(examples.pairs), _AT_ONCE):
            first, second = examples.pairs[start : start + _AT_ONCE].T
            ones = examples.close_ups if self.settings.compares == "clear" else hidden
            logits = reid(
                as_tensor(ones[first], self.machine.device),
                as_tensor(hidden[second], self.machine.device),
            )
            parts.append(logits.sigmoid().cpu())
        reid.train()
        return torch.cat(parts).double().numpy()

    def fresh_reid(self, steps: int) -> PairNetwork:
        """Train a re-ID anew on filtered pairs, after the filter is frozen.

        The thesis asks for it in section 6.3: the one that learned along lags behind the filter.

        Args:
            steps: For which it learns.
        """
        torch.manual_seed(self.seed + 1)
        reid = self._new_reid().train()
        optimizer = torch.optim.Adam(reid.parameters(), lr=self.settings.reid_rate)
        obfuscate = obfuscator_of(self.result)
        for step in range(steps):
            batch = self.data.batch((self.seed, 0, step, 1), self.settings.batch)
            hidden = as_tensor(obfuscate(batch.close_ups), self.machine.device)
            clear = as_tensor(batch.close_ups, self.machine.device)
            first, second = torch.from_numpy(batch.pairs.T).to(self.machine.device)
            same = torch.from_numpy(batch.same).to(self.machine.device)
            logits = reid(*self._compared(clear, hidden, first, second))
            learn_from(optimizer, functional.binary_cross_entropy_with_logits(logits, same.float()))
        return reid

    @property
    def rebuild(self) -> None:
        """Nobody rebuilds pictures here."""
        return

    def conclude(self, attack: AttackSettings, report: Report) -> dict[str, Any]:
        """Measure the best filter on the test data, also with a re-ID that was trained anew."""
        report(TrainingProgress("evaluating", 0, 1))
        examples = self.data.test()
        along = self.measure(examples, self.result)
        fresh = self.measure(examples, self.result, self.fresh_reid(attack.steps))
        report(TrainingProgress("evaluating", 1, 1))
        ideal = min(self.ideal, 1.0)
        return {
            "chosen_after_epoch": int(self.best.step),
            "precision": along.precision,
            "auc": along.auc,
            "filter_performance": filter_performance(along.precision, along.auc, ideal),
            "fresh_auc": fresh.auc,
            "fresh_auc_folded": auc_folded(fresh.auc),
            "fresh_steps": attack.steps,
            "spread": along.spread,
            "collapsed": along.collapsed,
        }
