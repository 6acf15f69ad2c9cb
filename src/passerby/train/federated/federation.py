"""The server's part: it gives out weights, takes updates, and averages them, round after round."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch

from passerby.models.reid import ReidNetwork
from passerby.models.reid.checkpoint import save_network
from passerby.models.torch_files import read_torch, write_torch
from passerby.train.engine.state import check_settings, checkpoint_errors
from passerby.train.federated.acceptance import accept
from passerby.train.federated.shared import (
    SharedWeights,
    read_weights,
    shared_names,
    transferable_names,
    write_weights,
)
from passerby.train.federated.update import Contribution, norm, with_mean_update

__all__ = ["Federation", "Round"]


@dataclass(frozen=True, kw_only=True)
class Round:
    """What happened in a round.

    Attributes:
        number: From 1.
        sites: Whose updates were averaged.
        refused: Why each other one was not.
        norms: Of the averaged updates, in the order of the sites.
        bytes_down: To all sites together.
        bytes_up: From all of them.
    """

    number: int
    sites: tuple[str, ...]
    refused: tuple[str, ...]
    norms: tuple[float, ...]
    bytes_down: int
    bytes_up: int


@dataclass(eq=False)
class Federation:
    """The state of the server between two rounds.

    Attributes:
        weights: What sites are given next.
        names: Of what they send.
        outlier: See `accept`.
        rounds: Those that are done.
    """

    weights: SharedWeights
    names: tuple[str, ...]
    outlier: float = 5.0
    rounds: list[Round] = field(default_factory=list)

    @classmethod
    def begun(
        cls, network: ReidNetwork, *, keep_batchnorm: bool, outlier: float = 5.0
    ) -> "Federation":
        """Return the state before the first round."""
        names = shared_names(network, keep_batchnorm=keep_batchnorm)
        return cls(read_weights(network, transferable_names(network)), names, outlier)

    @property
    def next_round(self) -> int:
        """Number of the round that comes next."""
        return len(self.rounds) + 1

    def end_round(
        self, contributions: Sequence[Contribution], refused: Sequence[str] = ()
    ) -> Round:
        """Average what fits; if nothing does, the weights stay as they are.

        Args:
            contributions: What came.
            refused: Lines about those of whom nothing came.
        """
        taken = accept(contributions, self.weights, self.names, self.outlier)
        if taken.accepted:
            self.weights = with_mean_update(self.weights, taken.accepted)
        done = Round(
            number=self.next_round,
            sites=tuple(one.site for one in taken.accepted),
            refused=(*refused, *taken.refused),
            norms=tuple(norm(one.update) for one in taken.accepted),
            bytes_down=size_of(self.weights) * (len(contributions) + len(refused)),
            bytes_up=sum(size_of(one.update) for one in contributions),
        )
        self.rounds.append(done)
        return done

    def keep(self, terms: Mapping[str, Any], path: Path) -> None:
        """Write the state to a file; the last good one survives whatever goes wrong.

        Raises:
            OutputError: If it cannot be written.
        """
        weights = {name: torch.from_numpy(value) for name, value in self.weights.items()}
        rounds = [asdict(one) for one in self.rounds]
        write_torch(path, {"weights": weights, "rounds": rounds, "asked": dict(terms)})

    def resume(self, terms: Mapping[str, Any], path: Path) -> None:
        """Go on from a file.

        Raises:
            ModelError: If it is not the state of this federation.
        """
        with checkpoint_errors(path):
            state = read_torch(path)
            before = dict(state["asked"])
        check_settings(before, terms, path, may_change=())
        with checkpoint_errors(path):
            self.weights = {name: state["weights"][name].numpy() for name in self.weights}
            self.rounds = [Round(**one) for one in state["rounds"]]

    def write_network(self, network: ReidNetwork, card: Mapping[str, Any], path: Path) -> None:
        """Write the network with the last mean.

        Args:
            network: Of the same kind; is changed.
            card: What must be known of it.
            path: Of the file.

        Raises:
            OutputError: If it cannot be written.
        """
        write_weights(network, self.weights, self.weights)
        save_network(network, card, path)


def size_of(weights: SharedWeights) -> int:
    """Return how many bytes the numbers take, without what surrounds them."""
    return sum(value.nbytes for value in weights.values())
