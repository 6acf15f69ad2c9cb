"""What obfuscators and plain operators keep and leak, at the same average precision.

Crops aimed at people are obfuscated; the last seventh of each clip or folder only measures. A
judge's finds in clear crops are what there is to find in obfuscated ones. What leaks is what a
U-Net that was trained afterwards explains of people's pixels, against their mean colour. Blur,
noise and few values are made as strong as it takes to have the mean AP of the first model.

    python benchmarks/obfuscation.py --model hidden/obfuscator.onnx --data clip.mp4 \
        --judge yolox-nano --judge passerby-people -o leak.json

Pictures stay in memory; only figures are written.
"""

import argparse
import json
import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import torch

from passerby.anonymization.operators.noise import add_noise, quantize
from passerby.evaluate.similarity import heavy_blur
from passerby.models.lookup import resolve
from passerby.models.obfuscation_network import ObfuscationNetwork
from passerby.train.engine.machine import Machine
from passerby.train.obfuscator.data_sources import FrameSources
from passerby.train.obfuscator.detectors import ObeyedDetector, open_detectors
from passerby.train.obfuscator.fresh_attack import AttackSettings, fresh_attack, pairs_of
from passerby.train.obfuscator.fresh_recognition import fresh_recognition
from passerby.train.obfuscator.pool import CropPool, read_pool
from passerby.train.obfuscator.selection import person_precision
from stamp import stamp

Images = npt.NDArray[np.uint8]
Obfuscate = Callable[[Images], Images]

_HALVINGS = 7
_JUDGED = 400
"""Crops, at most, that judges look at: evenly spaced."""


def _blur(sigma: float, images: Images) -> Images:
    return np.stack([cv2.GaussianBlur(one, (0, 0), sigma) for one in images])


def _noise(deviation: float, images: Images) -> Images:
    return np.stack([add_noise(one, deviation, seed) for seed, one in enumerate(images)])


def _values(fewness: float, images: Images) -> Images:
    return quantize(images, max(round(256 / fewness), 2))


_PLAIN: Mapping[str, tuple[Callable[[float, Images], Images], tuple[float, float]]] = {
    "blur, sigma in px": (_blur, (0.3, 20.0)),
    "noise, deviation in levels": (_noise, (1.0, 500.0)),
    "few values, levels a value": (_values, (4.0, 128.0)),
}
"""Operators, and their least and greatest strengths."""


def _network(model: str) -> Obfuscate:
    network = ObfuscationNetwork(resolve(model), threads=1)

    def obfuscate(images: Images) -> Images:
        made = [network(np.ascontiguousarray(one[:, :, ::-1]))[:, :, ::-1] for one in images]
        return np.ascontiguousarray(np.stack(made))

    return obfuscate


def _heavily_blurred(images: Images) -> Images:
    return np.stack([heavy_blur(one) for one in images])


class _Bench:
    """Measures ways to obfuscate on one pool."""

    def __init__(
        self, pool: CropPool, judges: Sequence[ObeyedDetector], attack: AttackSettings
    ) -> None:
        self._pool, self._judges, self._attack = pool, judges, attack
        every = max(len(pool.held_out) // _JUDGED, 1)
        self._clear = pool.held_out.images[::every]

    def precision(self, obfuscate: Obfuscate) -> dict[str, float]:
        """Return each judge's person AP."""
        seen = obfuscate(self._clear)
        return {
            Path(judge.name).stem: round(person_precision(judge, self._clear, seen), 4)
            for judge in self._judges
        }

    def mean_precision(self, operator: Callable[[float, Images], Images], strength: float) -> float:
        """Return the mean AP of all judges at a strength of an operator."""
        return _mean(self.precision(partial(operator, strength)))

    def measured(self, name: str, obfuscate: Obfuscate) -> dict[str, Any]:
        """Return all figures of one way."""
        precision = self.precision(obfuscate)
        found = fresh_attack(
            pairs_of(self._pool.train, obfuscate),
            pairs_of(self._pool.held_out, obfuscate),
            self._attack,
        )
        row = {
            "way": name,
            "ap50": precision,
            "mean_ap50": round(_mean(precision), 4),
            "explained_people": round(found.explained, 4),
            "curve": [[steps, round(explained, 4)] for steps, explained in found.curve],
            "reid_auc": round(fresh_recognition(self._pool, obfuscate, self._attack), 4),
        }
        print(json.dumps(row), flush=True)
        return row


def tuned(precision: Callable[[float], float], wanted: float, bounds: tuple[float, float]) -> float:
    """Return the strength at which an operator has a precision, or the nearest within bounds.

    Args:
        precision: At a strength; it falls as the strength rises.
        wanted: The precision.
        bounds: The least and the greatest strength.
    """
    low, high = bounds
    for _ in range(_HALVINGS):
        middle = math.sqrt(low * high)
        if precision(middle) > wanted:
            low = middle
        else:
            high = middle
    return math.sqrt(low * high)


def _mean(precision: Mapping[str, float]) -> float:
    return float(np.nanmean(list(precision.values())))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--model", action="append", required=True, help="names or ONNX files")
    parser.add_argument("--data", type=Path, action="append", default=[])
    parser.add_argument("--frames", type=int, default=250, help="of each clip or folder")
    parser.add_argument("--worlds", type=int, default=0, help="synthetic ones")
    parser.add_argument("--judge", action="append", required=True, help="names or ONNX files")
    parser.add_argument("--attack-steps", type=int, default=1000)
    parser.add_argument("--attack-size", choices=("small", "medium", "large"), default="small")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path, required=True, help="JSON file")
    return parser.parse_args()


def main() -> None:
    """Measure models, operators at the first model's AP, and two bounds."""
    asked = _arguments()
    torch.set_num_threads(1)
    sources = FrameSources(tuple(asked.data), asked.frames, asked.worlds)
    pool = read_pool(sources, asked.seed)
    judges = open_detectors(asked.judge, Machine(torch.device("cpu")))
    attack = AttackSettings(size=asked.attack_size, steps=asked.attack_steps, seed=asked.seed)
    bench = _Bench(pool, judges, attack)
    rows = [bench.measured(Path(model).stem, _network(model)) for model in asked.model]
    wanted = rows[0]["mean_ap50"]
    for name, (operator, bounds) in _PLAIN.items():
        strength = tuned(partial(bench.mean_precision, operator), wanted, bounds)
        rows.append(bench.measured(f"{name}: {strength:.3g}", partial(operator, strength)))
    rows.append(bench.measured("heavy blur", _heavily_blurred))
    crops = {"train": len(pool.train), "held_out": len(pool.held_out)}
    text = json.dumps({"stamp": stamp(), "crops": crops, "rows": rows}, indent=2) + "\n"
    asked.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
