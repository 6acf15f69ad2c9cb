"""A network that makes signatures as a smaller ONNX file, and what that costs."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import onnx

from passerby.datasets import ReidDataset
from passerby.errors import ConfigError, InputError
from passerby.files.partial import ANEW, Permit, write_bytes
from passerby.models.cards import PixelFormat
from passerby.models.number_formats import NumberFormat, in_format
from passerby.pipeline.description import raw_frame
from passerby.runs.describe.image_lists import ImageList
from passerby.runs.export.fidelity import Fidelity, loss_between
from passerby.signatures.describer import Rows
from passerby.signatures.input import resized
from passerby.signatures.network import SignatureNetwork
from passerby.signatures.opening import write_onnx

__all__ = ["Exported", "export_signatures"]

CALIBRATION_IMAGES = 128


@dataclass(frozen=True, slots=True)
class Exported:
    """An export.

    Attributes:
        target: The file.
        bytes: Its size.
        full_bytes: That of the network in 32 bits.
        loss: What it costs; None where there were no images to measure it on.
    """

    target: Path
    bytes: int
    full_bytes: int
    loss: Fidelity | None


def export_signatures(
    model: str,
    target: Path,
    number_format: NumberFormat = "fp32",
    *,
    pixels: PixelFormat | None = None,
    images: ReidDataset | ImageList | None = None,
    progress: Callable[[], None] = lambda: None,
    permit: Permit = ANEW,
) -> Exported:
    """Write a network as ONNX, and measure what is lost.

    Args:
        model: Name of a model, path of an ONNX file, or of a checkpoint.
        target: The ``.onnx`` file.
        number_format: See `NumberFormat`.
        pixels: What an ONNX file is fed, where it does not say so itself.
        images: To calibrate ``int8`` with and to measure on. Of a data set, those to train on
            calibrate and the others measure; of a list, every second one.
        progress: Called for each image described.
        permit: What may happen to a file that is there.

    Raises:
        ConfigError: If there is no such model, or ``int8`` is to do without images.
        DetectionError: If a network fails.
        InputError: If there are too few images, or one cannot be read.
        ModelError: If the file is missing or does not hold such a network.
        OutputError: If the file cannot be written.
    """
    if number_format == "int8" and images is None:
        raise ConfigError("int8 must see what the network is fed: name images with --calibrate")
    with TemporaryDirectory() as folder:
        plain, small = Path(folder) / "fp32.onnx", Path(folder) / "export.onnx"
        write_onnx(model, plain, pixels)
        whole = SignatureNetwork(str(plain))
        inputs = []
        if number_format == "int8" and images is not None:
            inputs = _inputs(whole, _to_calibrate(images))
        graph = in_format(onnx.load(plain), number_format, inputs)
        write_bytes(small, graph.SerializeToString())
        loss = None
        if images is not None:
            loss = loss_between(whole, SignatureNetwork(str(small)), images, progress)
        write_bytes(target, small.read_bytes(), permit)
        return Exported(target, small.stat().st_size, plain.stat().st_size, loss)


def _to_calibrate(images: ReidDataset | ImageList) -> list[Path]:
    if isinstance(images, ImageList):
        files = list(images.files[::2])
    else:
        part = images.part("train")
        files = [images.file(path) for path in part.paths]
    if not files:
        raise InputError("there are no images to train on, which calibrate: name other images")
    step = -(-len(files) // CALIBRATION_IMAGES)
    return files[::step]


def _inputs(network: SignatureNetwork, files: list[Path]) -> list[Rows]:
    pictures = (resized(raw_frame(file).image, network.size) for file in files)
    return [network.fed(picture[None]) for picture in pictures]
