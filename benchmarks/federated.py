"""Federated training against training on everything at once, and against each site alone.

    python benchmarks/federated.py accuracy ../shared/data/reid/market1501-500 -o federated/
    python benchmarks/federated.py report federated/

Each camera of the data set is a site that keeps its images and numbers its people itself: nobody
knows which people two sites have in common. All sites run in this process, one after the other,
with the code of `passerby train reid --federated`; what travels is counted and not sent. Each arm
is written as soon as it is measured, and the same command goes on after an interruption.

With --develop, every fifth person to learn from is tested on instead of those of the data set:
settings are chosen on them, and never on the figures that are published.
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch

from passerby.datasets import Part, ReidDataset, Sample, read_dataset
from passerby.evaluate.bootstrap import bootstrap_over_groups
from passerby.evaluate.reid import Protocol, Result, Signatures, evaluate
from passerby.models.reid import ReidNetwork
from passerby.models.reid.checkpoint import load_network
from passerby.pipeline.settings import Settings
from passerby.signatures.stream import describe_all
from passerby.signatures.torch_describer import TorchDescriber
from passerby.train.engine.machine import Machine, machine_of
from passerby.train.federated.federation import Federation
from passerby.train.federated.rules import FederationRules
from passerby.train.federated.site import Site, federated_plan
from passerby.train.federated.start import start_network
from passerby.train.reid.pictures import Pictures
from passerby.train.reid.plan import ReidPlan
from passerby.train.reid.recipes import recipe
from passerby.train.reid.settings import Recipe
from passerby.twins.pictures import TwinPictures
from passerby.types import Image
from stamp import stamp

PRESET = "van-rooijen-black"
ARMS = ("start", "pooled", "fedavg", "fedprox", "fedbn", "single")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What one arm is measured with; it names its file.

    Attributes:
        arm: One of `ARMS`.
        seed: Of the training.
        camera: Of a site alone; 0 for all.
    """

    arm: str
    seed: int
    camera: int = 0

    @property
    def file(self) -> str:
        """Where its figures are."""
        return f"{self.arm}{self.camera or ''}-{self.seed}.json"


class Kept:
    """Anonymizes each picture once."""

    def __init__(self, anonymize: TwinPictures) -> None:
        self._anonymize = anonymize
        self._kept: dict[str, Image] = {}

    def __call__(self, root: Path, path: str) -> Image:
        """Return what the anonymized copy of a picture shows."""
        if path not in self._kept:
            self._kept[path] = self._anonymize(root, path)
        return self._kept[path]


@dataclass(frozen=True, eq=False)
class Bench:
    """What all arms have in common."""

    dataset: ReidDataset
    anonymize: Kept
    plan: ReidPlan
    rules: FederationRules
    mu: float
    machine: Machine

    @property
    def cameras(self) -> tuple[int, ...]:
        """Of the images to learn from."""
        return tuple(int(one) for one in np.unique(self.dataset.part("train").cameras))

    def measured(self, asked: Asked) -> dict[str, Any]:
        """Train as one arm does, and evaluate."""
        began, wall = time.process_time(), time.time()
        with TemporaryDirectory() as folder:
            networks, rounds = self._trained(asked, Path(folder))
        trained = time.process_time() - began
        result = self._evaluated(networks)
        return {
            "mAP": result.mean_average_precision,
            "rank1": result.rank(1),
            "ids": result.ids.tolist(),
            "AP": result.average_precision.tolist(),
            "rank1_of": result.matched[:, 0].tolist(),
            "train_cpu_seconds": round(trained, 1),
            "seconds": round(time.time() - wall, 1),
            "images": len(self._images(asked.camera)),
            "rounds": [vars(one) for one in rounds],
        }

    def _images(self, camera: int) -> list[Sample]:
        train = [one for one in self.dataset.samples if one.subset == "train"]
        return [one for one in train if camera in (0, one.camera)]

    def _trained(self, asked: Asked, folder: Path) -> tuple[dict[int, ReidNetwork], list[Any]]:
        """Return the network that describes the images of each camera, and what was sent."""
        start = start_network(self.plan)
        if asked.arm == "start":
            return dict.fromkeys(self._tested_cameras(), start.eval()), []
        keep = asked.arm == "fedbn"
        rules = replace(
            self.rules, mu=self.mu if asked.arm == "fedprox" else 0.0, keep_batchnorm=keep
        )
        federated = asked.arm.startswith("fed")
        parts = self.cameras if federated else (asked.camera,)
        sites = {
            camera: self._site(camera, rules, folder / str(camera), asked.seed) for camera in parts
        }
        federation = Federation.begun(start, keep_batchnorm=keep)
        for number in range(1, rules.rounds + 1):
            given = federation.weights
            learned = [site.learn(number, given, str(name)) for name, site in sites.items()]
            federation.end_round(learned)
            print(asked.file, number, federation.rounds[-1].norms, flush=True)
        last = federation.weights
        networks = {camera: load_network(site.finish(last)) for camera, site in sites.items()}
        for camera in self._tested_cameras():
            networks.setdefault(camera, next(iter(networks.values())))
        return networks, federation.rounds

    def _site(self, camera: int, rules: FederationRules, folder: Path, seed: int) -> Site:
        folder.mkdir(parents=True)
        dataset = replace(self.dataset, samples=tuple(self._images(camera)))
        plan = replace(self.plan, dataset=dataset, seed=seed)
        return Site(federated_plan(plan, rules), self.anonymize, rules, folder, self.machine)

    def _tested_cameras(self) -> tuple[int, ...]:
        parts = (self.dataset.part("query"), self.dataset.part("gallery"))
        return tuple(int(one) for one in np.unique(np.concatenate([one.cameras for one in parts])))

    def _evaluated(self, networks: dict[int, ReidNetwork]) -> Result:
        query, gallery = (
            self._signatures(self.dataset.part(name), networks) for name in ("query", "gallery")
        )
        found = evaluate(query, gallery, Protocol(distance=self.plan.recipe.distance), verify=False)
        assert isinstance(found, Result)  # noqa: S101  (several shots a query)
        return found

    def _signatures(self, part: Part, networks: dict[int, ReidNetwork]) -> Signatures:
        """Describe each image with the network of its camera's site."""
        rows = np.zeros((len(part.paths), next(iter(networks.values())).dimension), np.float32)
        for network in set(networks.values()):
            own = [camera for camera, one in networks.items() if one is network]
            chosen = np.flatnonzero(np.isin(part.cameras, own))
            if len(chosen):
                paths = [part.paths[index] for index in chosen]
                pictures = Pictures(self.dataset, paths, self.anonymize, memory=0)
                describer = TorchDescriber(network, Path("model.pt"))
                rows[chosen] = describe_all(describer, pictures, threads=1)
        return Signatures(rows, part.identities, part.cameras)


def people_of(dataset: ReidDataset) -> list[int]:
    """Return who is learned from, in order."""
    return sorted({one.identity for one in dataset.samples if one.subset == "train"})


def developed(dataset: ReidDataset) -> ReidDataset:
    """Test on every fifth person to learn from: their first image by each camera asks."""
    held = set(people_of(dataset)[::5])
    samples: list[Sample] = []
    asked: set[tuple[int, int]] = set()
    for one in dataset.samples:
        if one.subset != "train":
            continue
        if one.identity not in held:
            samples.append(one)
            continue
        key = one.identity, one.camera
        samples.append(replace(one, subset="gallery" if key in asked else "query"))
        asked.add(key)
    return replace(dataset, samples=tuple(samples))


def fewer(dataset: ReidDataset, people: int) -> ReidDataset:
    """Learn from so many people only, spread evenly over their numbers."""
    known = people_of(dataset)
    places = np.linspace(0, len(known) - 1, min(people, len(known))).round().astype(int)
    kept = {known[place] for place in places}
    samples = [one for one in dataset.samples if one.subset != "train" or one.identity in kept]
    return replace(dataset, samples=tuple(samples))


def changed(base: Recipe, learning_rate: float | None) -> Recipe:
    """Return a recipe at another learning rate."""
    if learning_rate is None:
        return base
    return replace(base, optimizer=replace(base.optimizer, learning_rate=learning_rate))


@contextmanager
def bench_of(asked: argparse.Namespace) -> Iterator[Bench]:
    """Read the data set and get everything ready."""
    dataset = read_dataset(asked.data)
    if asked.develop:
        dataset = developed(dataset)
    dataset = fewer(dataset, asked.people)
    anonymize = TwinPictures(Settings.of(preset=PRESET))
    plan = ReidPlan(
        model="mobilenet-v2",
        dataset=dataset,
        recipe=changed(recipe("mobilenet-v2", "quick"), asked.learning_rate),
        weights=asked.weights,
        options={"frozen": asked.frozen},
        anonymize=anonymize,
        anonymized_by=anonymize.made_by,
        workers=0,
    )
    rules = FederationRules(rounds=asked.rounds, local_epochs=asked.local_epochs)
    with machine_of("fp32", 1, 0) as machine:
        yield Bench(dataset, Kept(anonymize), plan, rules, asked.mu, machine)


def accuracy(asked: argparse.Namespace) -> None:
    """Measure all arms that have no file yet."""
    asked.output.mkdir(parents=True, exist_ok=True)
    with bench_of(asked) as bench:
        for one in wanted(asked, bench.cameras):
            path = asked.output / one.file
            if not path.exists():
                record = {**bench.measured(one), **stamp()}
                path.write_text(json.dumps(record) + "\n", encoding="utf-8")
                print(one.file, round(record["mAP"], 4), round(record["rank1"], 4), flush=True)


def wanted(asked: argparse.Namespace, cameras: Sequence[int]) -> Iterator[Asked]:
    """Yield the arms, a seed after the other."""
    for seed in asked.seeds:
        for arm in asked.arms:
            if arm == "single":
                yield from (Asked(arm=arm, seed=seed, camera=one) for one in cameras)
            elif arm != "start" or seed == asked.seeds[0]:
                yield Asked(arm=arm, seed=seed)


def report(asked: argparse.Namespace) -> None:
    """Print the mean over seeds of each arm, with intervals over people."""
    arms: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(asked.output.glob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        arms.setdefault(path.stem.rpartition("-")[0], []).append(record)
    pooled = mean_of(arms["pooled"], "AP") if "pooled" in arms else None
    print(
        "| arm | seeds | rank-1 | mAP | of pooled | bytes | CPU s |\n|---|---|---|---|---|---|---|"
    )
    for name, records in arms.items():
        people = np.array(records[0]["ids"])
        every = mean_of(records, "AP")
        known = ~np.isnan(every)
        rank, precision = (
            told(column[known], people[known]) for column in (mean_of(records, "rank1_of"), every)
        )
        share = "" if pooled is None else f"{np.nanmean(every) / np.nanmean(pooled):.3f}"
        sent = sum(one["bytes_up"] + one["bytes_down"] for one in records[0]["rounds"])
        seconds = np.mean([one["train_cpu_seconds"] for one in records])
        print(
            f"| {name} | {len(records)} | {rank} | {precision} | {share} | {sent / 1e6:.0f} MB "
            f"| {seconds:.0f} |"
        )


def mean_of(records: list[dict[str, Any]], name: str) -> np.ndarray:
    """Return the mean over seeds of a figure of each query."""
    return np.asarray(np.mean([np.array(one[name], np.float64) for one in records], axis=0))


def told(column: np.ndarray, people: np.ndarray) -> str:
    """A mean with its interval over people."""
    interval = bootstrap_over_groups(column, people)
    return f"{column.mean():.3f} ({interval.low:.3f}-{interval.high:.3f})"


def main() -> None:
    """Measure, or print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    tasks = parser.add_subparsers(required=True)
    task = tasks.add_parser("accuracy", help="train all arms and evaluate them")
    task.set_defaults(task=accuracy)
    task.add_argument("data", type=Path, help="a data set whose cameras are sites")
    task.add_argument("-o", "--output", type=Path, required=True)
    task.add_argument("--arms", nargs="+", choices=ARMS, default=list(ARMS))
    task.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    task.add_argument("--people", type=int, default=100, help="to learn from")
    task.add_argument("--rounds", type=int, default=6)
    task.add_argument("--local-epochs", type=int, default=1)
    task.add_argument("--mu", type=float, default=0.1, help="of FedProx")
    task.add_argument("--learning-rate", type=float)
    task.add_argument("--frozen", type=int, default=7, help="layers that do not learn")
    task.add_argument("--weights", default="passerby-signature")
    task.add_argument("--develop", action="store_true")
    task = tasks.add_parser("report", help="print a table of what was measured")
    task.set_defaults(task=report)
    task.add_argument("output", type=Path)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    asked.task(asked)


if __name__ == "__main__":
    main()
