"""The programs of `signatures.py`: ours, Torchreid's extractor, and single stages of both.

Torch is loaded by those that need it: ours must not pay for it.
"""

import json
import sys
import time
import types
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from PIL import Image

from passerby.pipeline.description import raw_frame
from passerby.runs.describe.image_lists import ImageList
from passerby.runs.describe.image_reader import RAW
from passerby.runs.describe.run import describe_images
from passerby.signatures.input import resized
from passerby.signatures.opening import open_describer

__all__ = ["FILES", "PROGRAMS", "STAGES"]

FILES, STAGES = "files.json", "stages.json"
_ONNX, _WEIGHTS = "network.onnx", "network.pth"
_STAGED = 256
"""Images whose stages are timed one by one."""


def _prepare(folder: Path, torchreid: Path, _threads: int) -> None:
    """Make the network once: weights for Torchreid, ONNX for us."""
    import torch  # noqa: PLC0415

    torch.manual_seed(0)
    models = _part_of_torchreid(torchreid, "models")
    network = models.build_model("osnet_x0_25", 1, pretrained=False).eval()
    torch.save({"state_dict": network.state_dict()}, folder / _WEIGHTS)
    torch.onnx.export(
        network,
        (torch.zeros(2, 3, 256, 128),),
        str(folder / _ONNX),
        input_names=["images"],
        output_names=["signatures"],
        dynamic_axes={"images": {0: "batch"}, "signatures": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )


def _passerby(folder: Path, _torchreid: Path, threads: int) -> None:
    files = _listed(folder)
    nobody = np.zeros(len(files), np.int64)
    images = ImageList(tuple(map(Path, files)), tuple(files), nobody, nobody)
    (folder / "passerby.npz").unlink(missing_ok=True)
    describer = open_describer(str(folder / _ONNX), "rgb-imagenet")
    describe_images(images, RAW, describer, folder / "passerby.npz", threads=threads)


def _extractor(folder: Path, torchreid: Path, threads: int, batch: int) -> None:
    extract = _feature_extractor(folder, torchreid, threads)
    rows = [extract(files).numpy() for files in _batches(_listed(folder), batch)]
    np.save(folder / f"torchreid-{batch}.npy", np.concatenate(rows))


def _stages(folder: Path, torchreid: Path, _threads: int) -> None:
    """Time each stage by itself, in one thread."""
    import torch  # noqa: PLC0415

    files = _listed(folder)[:_STAGED]
    describer = open_describer(str(folder / _ONNX), "rgb-imagenet")
    decoded, ours = _timed(lambda file: raw_frame(Path(file)).image, files)
    pictures, resizing = _timed(lambda image: resized(image, describer.size), decoded)
    batches = [np.stack(few) for few in _batches(pictures, describer.batch)]
    _, network = _timed(describer.describe, batches)
    extract = _feature_extractor(folder, torchreid, 1)
    opened, theirs = _timed(lambda file: Image.open(file).convert("RGB"), files)
    tensors, preparing = _timed(extract.preprocess, opened)
    _, computing = _timed(extract, [torch.stack(few) for few in _batches(tensors, 8)])
    parts = {"passerby": (ours, resizing, network), "torchreid-8": (theirs, preparing, computing)}
    names = ("decode", "resize", "network")
    found = {
        name: dict(zip(names, (1000 * one / len(files) for one in seconds), strict=True))
        for name, seconds in parts.items()
    }
    (folder / STAGES).write_text(json.dumps(found), encoding="utf-8")


def _timed(work: Callable[[Any], Any], items: Sequence[Any]) -> tuple[list[Any], float]:
    """Do something with all items; returns what came of it and the processor time, in seconds.

    Three times, of which the middle one counts.
    """
    spent = []
    for _ in range(3):
        start = time.process_time()
        results = [work(item) for item in items]
        spent.append(time.process_time() - start)
    return results, median(spent)


def _batches(items: Sequence[Any], count: int) -> Iterator[list[Any]]:
    left = iter(items)
    while few := list(islice(left, count)):
        yield few


def _listed(folder: Path) -> list[str]:
    found: list[str] = json.loads((folder / FILES).read_text(encoding="utf-8"))
    return found


def _feature_extractor(folder: Path, torchreid: Path, threads: int) -> Any:  # noqa: ANN401
    import torch  # noqa: PLC0415

    torch.set_num_threads(threads)
    extractor = _part_of_torchreid(torchreid, "utils.feature_extractor").FeatureExtractor
    return extractor("osnet_x0_25", str(folder / _WEIGHTS), device="cpu", verbose=False)


def _part_of_torchreid(checkout: Path, name: str) -> Any:  # noqa: ANN401
    """Load a module of it, without what its data sets and trainers need."""
    package = types.ModuleType("torchreid")
    package.__path__ = [str(checkout / "torchreid")]
    sys.modules.setdefault("torchreid", package)
    return import_module(f"torchreid.{name}")


PROGRAMS: dict[str, Callable[[Path, Path, int], None]] = {
    "prepare": _prepare,
    "passerby": _passerby,
    "torchreid-8": lambda folder, torchreid, threads: _extractor(folder, torchreid, threads, 8),
    "torchreid-64": lambda folder, torchreid, threads: _extractor(folder, torchreid, threads, 64),
    "stages": _stages,
}
