"""A site: it learns from its own images, anonymized as they are read, and hands out updates."""

import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from passerby.errors import ConfigError, PeerError
from passerby.models.reid.checkpoint import save_network
from passerby.train.engine.machine import Machine
from passerby.train.engine.progress import Report, TrainingProgress
from passerby.train.federated.proximal import pulled_back
from passerby.train.federated.rules import FederationRules, terms_of
from passerby.train.federated.shared import (
    SharedWeights,
    read_weights,
    shared_names,
    transferable_names,
    write_weights,
)
from passerby.train.federated.update import Contribution, difference, noisy, shortened
from passerby.train.reid.batches import Composer
from passerby.train.reid.loop import train_network
from passerby.train.reid.pictures import Anonymize
from passerby.train.reid.plan import ReidPlan
from passerby.train.reid.reading import read_training_pictures
from passerby.train.reid.record import code_and_machine, computed_with, network_card
from passerby.train.reid.run import MODEL_FILE, STATE_FILE, asked_of, new_reid_training
from passerby.train.reid.state import read_state, write_state
from passerby.train.reid.training_set import material_of

__all__ = ["Site", "federated_plan", "terms_of_plan"]


def federated_plan(plan: ReidPlan, rules: FederationRules) -> ReidPlan:
    """Return a training as it is done in a federation.

    Its epochs are those of all rounds. Its weights are not averaged over steps: the server
    averages, and a site goes on from that.

    Raises:
        ConfigError: If it learns from teachers, or its images are not anonymized as they are read.
    """
    if plan.distillation is not None:
        raise ConfigError("sites learn who is who among their own people: leave --teacher out")
    if plan.anonymize is None or plan.anonymized_by is None:
        raise ConfigError(
            "sites learn together from anonymized images only: say how with --anonymize"
        )
    recipe = replace(plan.recipe.over(rules.epochs), ema_decay=0.0)
    return replace(plan, recipe=recipe, evaluates=False, weights="scratch")


class Site:
    """Learns from its own images, a round at a time.

    Args:
        plan: Of the training; see `federated_plan`.
        anonymize: How images are anonymized as they are read: there is no site without it.
        rules: Of the federation.
        folder: Gets ``state.pt`` after each round, and ``model.pt`` at the end.
        machine: What to compute with.
        report: Told how far it is.
        noise: Where noise comes from; by default from a seed that nobody can know.

    Raises:
        ConfigError: If the images do not fill a batch.
        InputError: If there is nothing to learn from, or a picture cannot be read.
        ModelError: If the folder is of another training.
    """

    def __init__(
        self,
        plan: ReidPlan,
        anonymize: Anonymize,
        rules: FederationRules,
        folder: Path,
        machine: Machine,
        *,
        report: Report = lambda _progress: None,
        noise: np.random.Generator | None = None,
    ) -> None:
        plan = replace(plan, anonymize=anonymize)
        material = material_of(plan.dataset, plan.recipe.order)
        for warning in material.warnings:
            report(TrainingProgress("reading", 0, len(material.paths), warning=warning))
        self._plan, self._rules, self._machine, self._report = plan, rules, machine, report
        self._asked = {**asked_of(plan, material.people), "federated": terms_of_plan(plan, rules)}
        self._state, self._model = folder / STATE_FILE, folder / MODEL_FILE
        self._training = new_reid_training(plan, material.people, machine, "scratch")
        if self._state.exists():
            read_state(self._training, self._asked, self._state)
        pictures = read_training_pictures(plan, material.paths, report, evaluates=False)
        size = self._training.network.size
        self._composer = Composer(pictures, material.labels, plan.recipe, size, plan.seed)
        self._images = len(material.paths)
        self._noise = noise or np.random.default_rng(secrets.randbits(128))
        self.terms = self._asked["federated"]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of what it sends."""
        return shared_names(self._training.network, keep_batchnorm=self._rules.keep_batchnorm)

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shapes of what it is given, by name and in order."""
        state = self._training.network.state_dict()
        return {
            name: tuple(state[name].shape) for name in transferable_names(self._training.network)
        }

    def learn(self, number: int, given: SharedWeights, name: str = "") -> Contribution:
        """Learn for a round.

        What is random depends on the seed and the round alone: a site that was away goes on as if
        it had not been, with what it knew then of its own people.

        Args:
            number: Of the round, from 1.
            given: What the server has averaged.
            name: Of the site, as the server knows it.

        Returns:
            What it sends.

        Raises:
            ModelError: If the loss becomes NaN.
            PeerError: If the weights are not of its network.
        """
        training, rules = self._training, self._rules
        self._check(number, given)
        everything = transferable_names(training.network)
        begins = training.epoch == 0  # nothing is its own yet, not even its normalisation
        write_weights(training.network, given, everything if begins else self.names)
        training.epoch = (number - 1) * rules.local_epochs
        with pulled_back(training.network, training.optimizers[0], self.names, rules.mu):
            train_network(
                training,
                self._composer,
                self._machine,
                lambda: None,
                self._report,
                until=number * rules.local_epochs,
            )
        write_state(training, {**self._asked, "computed_with": {}}, self._state)
        learned = difference(read_weights(training.network, self.names), given, self.names)
        return Contribution(name, *self._private(learned))

    def finish(self, given: SharedWeights) -> Path:
        """Take over the last mean, and write the network with what is its own.

        Returns:
            The path of ``model.pt``.

        Raises:
            PeerError: If the weights are not of its network.
        """
        self._check(self._rules.rounds, given)
        training = self._training
        everything = transferable_names(training.network)
        write_weights(training.network, given, everything if training.epoch == 0 else self.names)
        computed = computed_with(self._machine)
        card = network_card(
            self._asked, training.network, training.epoch, code_and_machine(), computed
        )
        save_network(training.network, card, self._model)
        return self._model

    def _private(self, learned: SharedWeights) -> tuple[SharedWeights, int]:
        """Clip what was learned and hide it in noise; then not even the images are counted."""
        rules = self._rules
        if rules.clip is None:
            return learned, self._images
        learned = shortened(learned, rules.clip)
        if not rules.noise:
            return learned, self._images
        return noisy(learned, rules.noise * rules.clip, self._noise), 1

    def _check(self, number: int, given: SharedWeights) -> None:
        """Make sure that what a server sends cannot harm."""
        if not 1 <= number <= self._rules.rounds:
            raise PeerError(
                f"the server asks for round {number} of {self._rules.rounds}: check its rules"
            )
        own = self._training.network.state_dict()
        for name in transferable_names(self._training.network):
            there = given.get(name)
            if there is None or there.shape != tuple(own[name].shape):
                raise PeerError(f"the server sends no {name} that fits: check its --model")
            if not np.isfinite(there).all():
                raise PeerError(f"the server sends a {name} with NaN: stop it")


def terms_of_plan(plan: ReidPlan, rules: FederationRules) -> dict[str, Any]:
    """Return what a site must agree on with its server; see `terms_of`."""
    return terms_of(plan.model, plan.recipe, dict(plan.options), plan.anonymized_by, rules)
