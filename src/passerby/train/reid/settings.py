"""What a recipe is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from passerby.errors import ConfigError
from passerby.geometry import Size
from passerby.matching.distances import Distance
from passerby.models.cards import Scale
from passerby.train.engine.schedules import LearningRateSchedule
from passerby.train.reid.transforms import RandomErasing, Transform

__all__ = ["LossWeights", "Optimizer", "PKSampling", "Recipe", "Sampling", "Shuffled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimizer:
    """How weights are changed.

    Attributes:
        kind: Kingma and Ba's Adam, Adam with decoupled decay, or SGD with Nesterov's momentum.
        learning_rate: At its highest.
        weight_decay: Of all weights and biases.
        momentum: Of SGD; the first beta of Adam.
        backbone: Share of the learning rate that the backbone has.
    """

    kind: Literal["adam", "adamw", "sgd"]
    learning_rate: float
    weight_decay: float = 5e-4
    momentum: float = 0.9
    backbone: float = 1.0


@dataclass(frozen=True, slots=True)
class PKSampling:
    """Each batch has some images of each of some people; see `samplers.people_times_images`.

    Attributes:
        people: P of "P x K".
        images: K, of each of them.
    """

    people: int
    images: int

    @property
    def batch(self) -> int:
        """Images in a batch."""
        return self.people * self.images

    @property
    def indivisible(self) -> int:
        """Images that must stay together when a batch is split."""
        return self.images


@dataclass(frozen=True, slots=True)
class Shuffled:
    """Each epoch sees every image once, in random order; what fills no batch is left out.

    Attributes:
        batch: Images in a batch.
    """

    batch: int

    @property
    def indivisible(self) -> int:
        """Images that must stay together when a batch is split."""
        return 1


Sampling: TypeAlias = PKSampling | Shuffled


@dataclass(frozen=True, slots=True, kw_only=True)
class LossWeights:
    """Weights of the losses in their sum; 0 leaves one out.

    Attributes:
        identity: Cross-entropy over people.
        label_smoothing: Of the identities' labels, 0 for none.
        triplet: Batch-hard triplets.
        margin: Of the triplets.
        centre: Distance to the centre of each person.
        centre_rate: Learning rate of the centres, which have an SGD of their own.
        pair: Binary cross-entropy over pairs.
    """

    identity: float = 1.0
    label_smoothing: float = 0.1
    triplet: float = 0.0
    margin: float = 0.3
    centre: float = 0.0
    centre_rate: float = 0.5
    pair: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a network for re-identification is trained.

    Change one with `dataclasses.replace`, such as ``replace(recipe, epochs=5)``.

    Attributes:
        source: Who published it, and what is not as published.
        scale: Of the network.
        size: Height and width of images; None for those of the scale.
        options: Of the network, beside those of its scale.
        epochs: Times that the images are gone through.
        order: Which images make a batch.
        transforms: What is done to each image in uint8, in this order.
        erase: What is erased after images are normalised; None for nothing.
        optimizer: How weights are changed.
        schedule: How the learning rate changes.
        weights: Of the losses.
        frozen_at_first: Epochs at the beginning in which all but ``trained_at_first`` stay.
        trained_at_first: Beginning of the names of weights that change from the start.
        ema_decay: Share of the averaged weights that stays at each step (EMA); 0 for none.
        distance: Between signatures when the network is evaluated.
        flip_averaged: Whether signatures are then the mean of an image's and its mirror image's.

    Raises:
        ConfigError: If there is no epoch, a batch of one image, of one person where losses compare
            people, or nothing would be averaged.
    """

    source: str
    scale: Scale
    epochs: int
    order: Sampling
    transforms: tuple[Transform, ...]
    optimizer: Optimizer
    schedule: LearningRateSchedule
    weights: LossWeights = field(default_factory=LossWeights)
    erase: RandomErasing | None = None
    size: Size | None = None
    options: Mapping[str, object] = field(default_factory=dict)
    frozen_at_first: int = 0
    trained_at_first: str = ""
    ema_decay: float = 0.0
    distance: Distance = "cosine"
    flip_averaged: bool = False

    def __post_init__(self) -> None:
        if self.epochs < 1:
            raise ConfigError(f"epochs is {self.epochs}: train for at least 1")
        if self.order.batch < 2:
            raise ConfigError(f"a batch of {self.order.batch} cannot be normalised: take 2 or more")
        if self.order.batch < self.smallest_part:
            raise ConfigError(
                f"a batch has images of {self.order.batch // self.order.indivisible} person, but "
                "triplets and pairs need others to compare with: take 2 people or more"
            )
        if not 0 <= self.ema_decay < 1:
            raise ConfigError(f"EMA decay is {self.ema_decay}: give 0 or more, and less than 1")

    @property
    def compares_people(self) -> bool:
        """Whether batches hold several people so that a loss can compare them."""
        compares = self.weights.triplet > 0 or self.weights.pair > 0
        return compares and isinstance(self.order, PKSampling)

    @property
    def smallest_part(self) -> int:
        """Images that a part of a batch must have at least when it is split.

        One cannot be normalised, and one person alone has neither triplets nor pairs with others.
        """
        together = self.order.indivisible
        return 2 * together if self.compares_people else max(2, together)

    def over(self, epochs: int) -> "Recipe":
        """Return the same over another number of epochs; where its rate changes moves along."""
        share = epochs / self.epochs
        return replace(
            self,
            epochs=epochs,
            schedule=self.schedule.stretched(share),
            frozen_at_first=round(self.frozen_at_first * share),
        )
