"""How many images a second trainings learn from: ours, Torchreid's and the strong baseline's.

    python benchmarks/reid_training.py DATA --torchreid DIR --strong-baseline DIR

All learn with one network of ours, from the same images in batches of the same size; what is
compared is everything round it. ``DIR`` is a checkout of the peer's code; without one, its row
says so. Each row is a process of its own, and rounds take turns. The first pass over the images
is not counted.

``network`` repeats one batch that is ready, ``loader`` makes batches and learns from none: the
loader is a bottleneck where it is not many times as fast. The peers' own code runs unchanged, but
for Ignite's engine, in whose place stands a plain loop over the batches, TensorBoard and gdown.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from passerby.datasets import ReidDataset, read_dataset
from passerby.models.reid import ReidNetwork, create
from passerby.train.engine.machine import Machine, machine_of
from passerby.train.reid.batches import Composer, epoch_batches, normalised
from passerby.train.reid.loop import train_network
from passerby.train.reid.objective import ReidObjective
from passerby.train.reid.pictures import Pictures
from passerby.train.reid.recipes import recipe
from passerby.train.reid.settings import LossWeights, PKSampling, Recipe, Shuffled
from passerby.train.reid.state import new_training
from passerby.train.reid.training_set import material_of
from table import markdown, spread

PEOPLE = 16
IMAGES = 4
BATCH = PEOPLE * IMAGES


class Bench:
    """One network, one set of images, and a recipe.

    Args:
        options: Of the command line.
        plain: Whether the network learns from cross-entropy alone, as Torchreid's does.
    """

    def __init__(self, options: argparse.Namespace, *, plain: bool) -> None:
        self.options = options
        self.dataset = _some_people(read_dataset(options.data), options.people)
        self.recipe = _recipe(plain=plain)
        self.material = material_of(self.dataset, self.recipe.order)

    @property
    def network(self) -> ReidNetwork:
        """A new network."""
        width, size = self.options.width, tuple(self.options.size)
        backbone = self.options.backbone
        return create("bot", self.material.people, size=size, backbone=backbone, width=width)

    @property
    def composer(self) -> Composer:
        """Makes batches of pictures that have been read."""
        pictures = Pictures(self.dataset, self.material.paths)
        pictures.read_all(self.options.workers)
        size = tuple(self.options.size)
        return Composer(pictures, self.material.labels, self.recipe, size, 0)

    @property
    def listed(self) -> list[tuple[str, int, int]]:
        """Path, person and camera of each image, as the peers want them."""
        labels = zip(self.material.paths, self.material.labels, strict=True)
        return [(str(self.dataset.file(path)), int(label), 0) for path, label in labels]


def _some_people(dataset: ReidDataset, people: int) -> ReidDataset:
    """Keep the images of the first so many people to learn from."""
    train = [sample for sample in dataset.samples if sample.subset == "train"]
    chosen = set(sorted({sample.identity for sample in train})[:people])
    return replace(dataset, samples=tuple(one for one in train if one.identity in chosen))


def _recipe(*, plain: bool) -> Recipe:
    whole = replace(recipe("bot", "paper"), epochs=1, order=PKSampling(PEOPLE, IMAGES))
    if not plain:
        return whole
    return replace(
        whole,
        order=Shuffled(BATCH),
        weights=LossWeights(),
        erase=None,
        transforms=whole.transforms[:2],
    )


def ours(bench: Bench, precision: str) -> float:
    """Images a second of our loop."""
    composer = bench.composer
    with machine_of(precision, 1, bench.options.workers) as machine:  # type: ignore[arg-type]
        learner = ReidObjective(
            bench.network, bench.recipe.weights, bench.material.people, mixed=machine.mixed
        )
        training = new_training(machine.placed(learner), bench.recipe)

        def once() -> int:
            training.epoch = 0
            train_network(training, composer, machine, lambda: None, lambda _progress: None)
            return composer.epoch(0).size

        return _rate(once, machine)


def network_alone(bench: Bench) -> float:
    """Images a second of steps on one batch that is ready."""
    with machine_of("fp32", 1, 0) as machine:
        people = bench.material.people
        learner = machine.placed(ReidObjective(bench.network, bench.recipe.weights, people))
        optimizers = new_training(learner, bench.recipe).optimizers
        (batch,) = next(epoch_batches(bench.composer, 0, workers=0))
        pixels = normalised(batch.images, machine.device)
        labels = batch.labels.to(machine.device)

        def once() -> int:
            for _ in range(8):
                for optimizer in optimizers:
                    optimizer.zero_grad()
                learner(pixels, labels)["total"].backward()
                for optimizer in optimizers:
                    optimizer.step()
            return 8 * BATCH

        return _rate(once, machine)


def loader_alone(bench: Bench) -> float:
    """Images a second that batches are made of, normalised on the device."""
    composer = bench.composer
    with machine_of("fp32", 1, bench.options.workers) as machine:

        def once() -> int:
            made = epoch_batches(composer, 0, machine.share, machine.workers)
            return sum(len(normalised(one.images, machine.device)) for (one,) in made)

        return _rate(once, machine)


def _rate(once: Callable[[], int], machine: Machine) -> float:
    """Images a second of the second call."""
    once()
    _wait(machine.device)
    start = time.perf_counter()
    images = once()
    _wait(machine.device)
    return images / (time.perf_counter() - start)


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize()


class AsPeersWantIt(nn.Module):
    """Answers with scores, or with scores and features."""

    def __init__(self, network: ReidNetwork, *, features: bool) -> None:
        super().__init__()
        self.network = network
        self.features = features

    def forward(self, images: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """Learn."""
        output = self.network(images)
        return (output.logits[0], output.features[0]) if self.features else output.logits[0]


def torchreid(bench: Bench) -> float:
    """Images a second of Torchreid's engine and loader."""
    _stand_in("torch.utils.tensorboard", SummaryWriter=object)
    _stand_in("gdown")
    sys.path.insert(0, str(bench.options.torchreid))
    datasets = import_module("torchreid.data.datasets.dataset")
    transforms = import_module("torchreid.data.transforms")
    engines = import_module("torchreid.engine")

    height, width = bench.options.size
    transform, _ = transforms.build_transforms(height, width, transforms="random_flip")
    listed = [(*one, 0) for one in bench.listed]
    images = datasets.ImageDataset(
        listed, listed, listed, transform=transform, mode="train", verbose=False
    )
    loader = DataLoader(
        images, BATCH, shuffle=True, num_workers=bench.options.workers, drop_last=True
    )
    with machine_of("fp32", 1, 0) as machine:
        model = AsPeersWantIt(bench.network, features=False).to(machine.device).train()
        people = SimpleNamespace(
            num_train_pids=bench.material.people, train_loader=loader, test_loader=None
        )
        engine = engines.ImageSoftmaxEngine(
            people, model, _adam(model), use_gpu=machine.device.type == "cuda"
        )
        return _rate(lambda: _passed(map(_learned(engine.forward_backward), loader)), machine)


def strong_baseline(bench: Bench) -> float:
    """Images a second of the strong baseline's trainer, losses, sampler and transforms."""
    _stand_in("ignite")
    _stand_in("ignite.engine", Engine=_Engine, Events=object)
    _stand_in("ignite.handlers", ModelCheckpoint=object, Timer=object)
    _stand_in("ignite.metrics", RunningAverage=object, Metric=object)
    sys.path.insert(0, str(bench.options.strong_baseline))
    data = import_module("data.build")
    layers = import_module("layers")
    trainers = import_module("engine.trainer")

    transform = data.build_transforms(_settings(bench.options.size), is_train=True)
    loader = DataLoader(
        data.ImageDataset(bench.listed, transform),
        BATCH,
        sampler=data.RandomIdentitySampler(bench.listed, BATCH, IMAGES),
        num_workers=bench.options.workers,
        collate_fn=data.train_collate_fn,
        drop_last=True,
    )
    with machine_of("fp32", 1, 0) as machine:
        gpu = machine.device.type == "cuda"
        network = bench.network
        model = AsPeersWantIt(network, features=True).to(machine.device)
        people = bench.material.people
        smooth = layers.CrossEntropyLabelSmooth(people, use_gpu=gpu)
        triplet = layers.TripletLoss(0.3)
        centre = layers.CenterLoss(people, network.dimension, use_gpu=gpu)

        def loss(score: Tensor, feature: Tensor, target: Tensor) -> Tensor:
            total: Tensor = smooth(score, target) + triplet(feature, target)[0]
            return total + torch.as_tensor(5e-4 * centre(feature, target))

        trainer = trainers.create_supervised_trainer_with_center(
            model,
            centre,
            _adam(model),
            torch.optim.SGD(centre.parameters(), lr=0.5),
            loss,
            5e-4,
            machine.device,
        )
        return _rate(lambda: trainer.run(loader), machine)


def _settings(size: Sequence[int]) -> SimpleNamespace:
    mean, deviation = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    chosen = SimpleNamespace(
        PIXEL_MEAN=mean,
        PIXEL_STD=deviation,
        SIZE_TRAIN=list(size),
        PROB=0.5,
        PADDING=10,
        RE_PROB=0.5,
    )
    return SimpleNamespace(INPUT=chosen)


class _Engine:
    """Stands for Ignite's: calls what it is given for each batch."""

    def __init__(self, process: Callable[[Any, Any], object]) -> None:
        self._process = process

    def run(self, loader: Iterable[Any]) -> int:
        """Go through the batches; return how many images there were."""
        images = 0
        for batch in loader:
            self._process(self, batch)
            images += len(batch[0])
        return images


def _learned(step: Callable[[Any], object]) -> Callable[[Any], int]:
    def learn(batch: Any) -> int:  # noqa: ANN401 - whatever a peer's loader gives
        step(batch)
        return len(batch["img"])

    return learn


def _passed(counts: Iterator[int]) -> int:
    return sum(counts)


def _adam(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.Adam(model.parameters(), lr=3.5e-4, weight_decay=5e-4)


def _stand_in(name: str, **members: object) -> None:
    """Put a module in the place of one that is not needed."""
    module = ModuleType(name)
    vars(module).update(members)
    sys.modules[name] = module


ROWS: dict[str, Callable[[argparse.Namespace], float]] = {
    "network, BoT's losses": lambda options: network_alone(Bench(options, plain=False)),
    "loader, BoT's batches": lambda options: loader_alone(Bench(options, plain=False)),
    "strong baseline": lambda options: strong_baseline(Bench(options, plain=False)),
    "passerby, BoT's losses": lambda options: ours(Bench(options, plain=False), "fp32"),
    "Torchreid": lambda options: torchreid(Bench(options, plain=True)),
    "passerby, cross-entropy": lambda options: ours(Bench(options, plain=True), "fp32"),
    "passerby, BoT's losses, bf16": lambda options: ours(Bench(options, plain=False), "bf16"),
}
"""What is measured, by name."""

NEEDED = {"strong baseline": "strong_baseline", "Torchreid": "torchreid"}


def main() -> None:
    """Measure all rows, round by round, or one in this process."""
    options = _options()
    if options.row is not None:
        print(json.dumps(ROWS[options.row](options)))
        return
    present = [name for name in ROWS if getattr(options, NEEDED.get(name, "data")) is not None]
    rates: dict[str, list[float]] = {name: [] for name in present}
    for _ in range(options.rounds):
        for name in present:
            rates[name].append(_measured(name))
    rows = [
        (name, spread(rates.get(name, []), ".0f") if name in rates else "not given")
        for name in ROWS
    ]
    print(markdown(("", "images a second"), rows))


def _measured(name: str) -> float:
    command = [sys.executable, __file__, *sys.argv[1:], "--row", name]
    ran = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
    return float(json.loads(ran.stdout.splitlines()[-1]))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("data", type=Path, help="folder of a data set")
    parser.add_argument("--torchreid", type=Path, help="checkout of deep-person-reid")
    parser.add_argument("--strong-baseline", type=Path, help="checkout of reid-strong-baseline")
    parser.add_argument("--people", type=int, default=40, help="whose images are learned from")
    parser.add_argument("--size", type=int, nargs=2, default=(128, 64), help="height and width")
    parser.add_argument("--backbone", default="resnet18", help="of the network")
    parser.add_argument("--width", type=float, default=1.0, help="share of its channels")
    parser.add_argument("--workers", type=int, default=1, help="that prepare batches")
    parser.add_argument("--rounds", type=int, default=3, help="how often all is measured")
    parser.add_argument("--row", choices=ROWS, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
