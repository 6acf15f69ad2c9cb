"""How obfuscators are trained: the numbers of each recipe, and nothing of how they are used."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from passerby.errors import ConfigError
from passerby.train.engine.schedules import Cosine, LearningRateSchedule, Steps
from passerby.train.obfuscator.attackers import REBUILDERS

__all__ = ["Constrained", "DeConinck", "JohanssonLundberg", "ObfuscatorRecipe", "Silhouettes"]

_OBFUSCATOR_STEPS = Steps((11, 21), decay=0.01)
_DEOBFUSCATOR_STEPS = Steps((11, 21), decay=0.1)
"""Divided by 100, and by 10, every ten epochs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeConinck:
    """De Coninck et al., appendix A.1: L_obf = L_obj - MSE, against one deobfuscator.

    The paper does not say how many pictures a batch has.

    Attributes:
        network: Obfuscator and deobfuscator: a name in `OBFUSCATORS`.
        options: Of both networks.
        detectors: What must go on finding people; each batch asks one of them.
        epochs: Of the whole training.
        batch: Pictures a step, a multiple of 2.
        steps: Batches an epoch; None for all pictures once.
        obfuscator_rate: Learning rate at its highest.
        deobfuscator_rate: Likewise.
        obfuscator_schedule: How it changes.
        deobfuscator_schedule: Likewise.
        weight_decay: AdamW's, of both.
        mse: Weight of the MSE in the obfuscator's loss; 1 is published.
    """

    network: str = "mobile-autoencoder"
    options: Mapping[str, object] = field(default_factory=dict)
    detectors: tuple[str, ...] = ("yolox-nano",)
    epochs: int = 30
    batch: int = 8
    steps: int | None = None
    obfuscator_rate: float = 1e-2
    deobfuscator_rate: float = 1e-3
    obfuscator_schedule: LearningRateSchedule = _OBFUSCATOR_STEPS
    deobfuscator_schedule: LearningRateSchedule = _DEOBFUSCATOR_STEPS
    weight_decay: float = 1e-4
    mse: float = 1.0

    def __post_init__(self) -> None:
        _check_positive(
            epochs=self.epochs,
            batch=self.batch,
            obfuscator_rate=self.obfuscator_rate,
            deobfuscator_rate=self.deobfuscator_rate,
        )
        _check_detectors(self.detectors)


@dataclass(frozen=True, slots=True, kw_only=True)
class JohanssonLundberg:
    """Johansson and Lundberg, section 4.1: a filter between a detector and a re-ID network.

    Attributes:
        variant: S1, S2, or R1 to R6 (tables 4.1 and 4.2).
        data: ``squares``, or ``people`` seen from above.
        kernels: Of the filter's five layers.
        initialisation: Of the filter: ``glorot`` as published, or ``unit-variance`` (after LSUV).
        loss: ``published`` is L_MSE - L_BCE / lambda; ``bounded`` drives the scores of pairs of the
            same person and of two people together instead.
        filter_rate: Learning rate; as are the next two. All optimizers are Adam.
        detector_rate: Of the detector.
        reid_rate: Of the re-ID network.
        reid_steps: Steps of the re-ID network for each of the detector.
        balance: Lambda of the loss, 5.
        likeness: Weight of the squared difference between filtered and clear pictures (section
            6.3); 0 is published.
        compares: What the re-ID network compares: both pictures ``filtered`` as published, or one
            ``clear`` (section 6.1).
        detector_width: Share of the channels of the detector's MobileNetV2.
        detector_channels: Of the detector's three transposed convolutions.
        detector_weights: File of torch weights of MobileNetV2 that it starts from, in torchvision's
            names; "" for random ones. The thesis has ImageNet's.
        reid: Name of the re-ID network, a model of `passerby.models.reid` that compares pairs.
        reid_width: Share of its channels.
        warmup: Epochs in which only detector and re-ID network learn; 0 is published.
        epochs: Of the whole training.
        steps: Batches an epoch.
        batch: Pictures of the detector, and pairs, a step.
        reid_size: Side of the pictures for the re-ID network.
        chosen_after: Share of the epochs after which the best one is looked for.
        measured_every: Epochs from one measurement on validation data to the next.
        measured: Squares, and pairs of them, that are measured on.
    """

    variant: str = "S2"
    data: Literal["squares", "people"] = "squares"
    kernels: tuple[int, ...] = (5, 7, 7, 5, 3)
    initialisation: Literal["glorot", "unit-variance"] = "glorot"
    loss: Literal["published", "bounded"] = "published"
    filter_rate: float = 5e-4
    detector_rate: float = 5e-4
    reid_rate: float = 1e-3
    reid_steps: int = 2
    balance: float = 5.0
    likeness: float = 0.0
    compares: Literal["filtered", "clear"] = "filtered"
    detector_width: float = 1.0
    detector_channels: tuple[int, int, int] = (256, 128, 64)
    detector_weights: str = ""
    reid: str = "siamese-mobilenet"
    reid_width: float = 1.0
    warmup: int = 0
    epochs: int = 12_000
    steps: int = 12
    batch: int = 60
    reid_size: int = 160
    chosen_after: float = 0.5
    measured_every: int = 1
    measured: int = 720

    def __post_init__(self) -> None:
        _check_positive(
            filter_rate=self.filter_rate,
            detector_rate=self.detector_rate,
            reid_rate=self.reid_rate,
            balance=self.balance,
            epochs=self.epochs,
            steps=self.steps,
            batch=self.batch,
        )
        if self.batch % 2:
            raise ConfigError(
                f"a batch of {self.batch} pairs cannot be half of the same person: use an even one"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Constrained:
    """Ours: people are found as before, while no attacker may explain more than a limit.

    Attributes:
        network: Name in `OBFUSCATORS`.
        options: Of the network.
        detectors: What must go on finding people; each batch asks one of them.
        steps: Of the whole training.
        epoch_steps: Steps after which the state is written and the attackers are looked at.
        batch: Pictures a step, a multiple of 2: everybody is seen twice.
        rate: Learning rate of the obfuscator at its highest; it follows a cosine.
        attacker_rate: Learning rate of attackers, constant and higher: two time scales.
        attacker_steps: Steps of the attackers for each of the obfuscator.
        attackers: Names in `REBUILDERS`; the worst counts.
        restart_every: Steps after which one attacker, in turn, begins anew.
        settle: Steps for which a new attacker does not count yet.
        limit: Of the explained variance of people's pixels.
        weight: Of the leak at the beginning; dual ascent changes it.
        dual_rate: How fast.
        identity: Weight of the distance between the scores of pairs of the same person and of two.
        features: Weight of the detectors' features: what they see, not only what they say.
        start: What the first steps are for: ``private`` learns to draw outlines of people and
            nothing else, ``clear`` to return the picture, ``utility`` what detectors need. The leak
            has no weight meanwhile.
        start_share: Share of all steps that the start takes.
        start_rate: Learning rate of a private or clear start at its highest.
        appearance: Weight of how much of a change of clothes is seen.
        jpeg: Share of the batches that detectors see as JPEG; attackers see all in eight bits.
        temporal: Weight of the flicker: how much changes where the picture does not.
        ema_decay: Share of the averaged weights that stays at each step.
        candidates: How many of the last epochs are tried by a fresh attacker.
        fresh_steps: For which each of these attackers learns.
    """

    network: str = "shuffle"
    options: Mapping[str, object] = field(
        default_factory=lambda: {"channels": 64, "depth": 8, "cell": 8}
    )
    detectors: tuple[str, ...] = ("yolox-nano", "passerby-people")
    steps: int = 11_000
    epoch_steps: int = 100
    batch: int = 8
    rate: float = 1e-3
    attacker_rate: float = 2e-3
    attacker_steps: int = 2
    attackers: tuple[str, ...] = ("convolution", "unet-small")
    restart_every: int = 5000
    settle: int = 200
    limit: float = 0.25
    weight: float = 3.0
    dual_rate: float = 0.02
    identity: float = 0.2
    features: float = 0.3
    start: Literal["private", "clear", "utility"] = "private"
    start_share: float = 0.64
    start_rate: float = 4e-3
    appearance: float = 1.0
    jpeg: float = 0.5
    temporal: float = 0.0
    ema_decay: float = 0.995
    candidates: int = 3
    fresh_steps: int = 300

    def __post_init__(self) -> None:
        _check_positive(
            steps=self.steps,
            epoch_steps=self.epoch_steps,
            batch=self.batch,
            rate=self.rate,
            attacker_rate=self.attacker_rate,
            attacker_steps=self.attacker_steps,
            restart_every=self.restart_every,
            weight=self.weight,
            candidates=self.candidates,
            fresh_steps=self.fresh_steps,
        )
        _check_detectors(self.detectors)
        if not 0 < self.limit < 1:
            raise ConfigError(f"limit is {self.limit}: give a share of the variance, 0 to 1")
        if not 0 <= self.start_share < 1:
            raise ConfigError(
                f"start_share is {self.start_share}: give a share of the steps, 0 to less than 1"
            )
        if not self.attackers:
            raise ConfigError("there is no attacker: name at least one")
        for name in self.attackers:
            if name not in REBUILDERS:
                known = ", ".join(REBUILDERS)
                raise ConfigError(f"there is no attacker {name!r}: choose one of {known}")

    @property
    def epochs(self) -> int:
        """Return 0: nobody counts them."""
        return 0

    @property
    def start_steps(self) -> int:
        """How many steps the start takes."""
        return round(self.start_share * self.steps)

    @property
    def schedule(self) -> LearningRateSchedule:
        """How the obfuscator's rate changes after its start.

        It stays a third of what it was: attackers go on learning, and one that can no longer follow
        them leaks more with every step.
        """
        return Cosine(warmup=min(50, self.steps / 10), start=0.1, end=0.3)

    @property
    def start_schedule(self) -> LearningRateSchedule:
        """How its rate changes over the start, in which nobody answers it."""
        return Cosine(warmup=min(50, self.steps / 10), start=0.1, end=0.02)


@dataclass(frozen=True, slots=True, kw_only=True)
class Silhouettes:
    """Ours, with a bound: one half learns where people are, the other draws what detectors need.

    Attributes:
        options: Of the network `silhouette`.
        detectors: What must go on finding people; each batch asks one of them.
        seeing_steps: In which the first half learns.
        outline_steps: In which the second half learns to draw dark outlines.
        drawing_steps: In which it then learns to draw what detectors need.
        epoch_steps: After which the state is written.
        batch: Pictures a step while the first half learns.
        drawing_batch: Likewise, of the second half.
        rate: Learning rate of either half at its highest; it follows a cosine.
        weight_decay: AdamW's, of the first half.
        features: Weight of the detectors' features: what they see, not only what they say.
        jpeg: Share of the batches that detectors see as JPEG.
        ema_decay: Share of the averaged weights that stays at each step.
    """

    options: Mapping[str, object] = field(default_factory=dict)
    detectors: tuple[str, ...] = ("yolox-nano", "passerby-people")
    seeing_steps: int = 7_000
    outline_steps: int = 300
    drawing_steps: int = 2_000
    epoch_steps: int = 100
    batch: int = 32
    drawing_batch: int = 12
    rate: float = 3e-3
    weight_decay: float = 1e-2
    features: float = 0.3
    jpeg: float = 0.5
    ema_decay: float = 0.998

    def __post_init__(self) -> None:
        _check_positive(
            seeing_steps=self.seeing_steps,
            drawing_steps=self.drawing_steps,
            epoch_steps=self.epoch_steps,
            batch=self.batch,
            drawing_batch=self.drawing_batch,
            rate=self.rate,
        )
        _check_detectors(self.detectors)

    @property
    def epochs(self) -> int:
        """Return 0: nobody counts them."""
        return 0

    @property
    def steps(self) -> int:
        """Of the whole training."""
        return self.seeing_steps + self.outline_steps + self.drawing_steps

    def schedule(self, steps: int) -> LearningRateSchedule:
        """How the rate changes over the steps of one half."""
        return Cosine(warmup=min(200, steps / 10), start=0.02, end=0.02)


ObfuscatorRecipe: TypeAlias = DeConinck | JohanssonLundberg | Constrained | Silhouettes


def _check_positive(**values: float) -> None:
    for name, value in values.items():
        if not value > 0:
            raise ConfigError(f"{name} is {value}: give a number above 0")


def _check_detectors(names: tuple[str, ...]) -> None:
    if not names:
        raise ConfigError("there is no detector that people must be found by: name at least one")
