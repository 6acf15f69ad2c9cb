"""``passerby models export``: a network as ONNX, with its loss of precision."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from passerby.cli.console import Table, complain, print_json, print_table, say
from passerby.cli.datasets.options import DatasetOptions, Which
from passerby.cli.defaults import default_text
from passerby.cli.endings import check_ending
from passerby.cli.evaluate.console import check_new, progress
from passerby.cli.exit_codes import EXIT_OK
from passerby.datasets import ReidDataset
from passerby.files.partial import Permit
from passerby.models.cards import PixelFormat
from passerby.models.number_formats import NumberFormat
from passerby.runs.describe.image_lists import ImageList
from passerby.runs.export.fidelity import compared
from passerby.runs.export.obfuscator_export import (
    FRAMES,
    export_obfuscation,
    holds_obfuscator,
)
from passerby.runs.export.signature_export import Exported, export_signatures

__all__ = ["app", "export_command"]

_EPILOGUE = """fp16 stores weights in 16 bits, which halves the file, and computes in 32. int8
computes in 8 bits, and needs images to calibrate. With images the loss of a signature network is
measured: the cosine between the signatures before and after, and mAP and rank-1 if identities are
known. An obfuscator is calibrated and measured on people who do not exist: the average precision
of a person detector, on clear frames and on obfuscated ones.

Examples:

  passerby models export model.pt -o model.onnx

  passerby models export model.pt -o small.onnx --format int8 --calibrate market1501

  passerby models export obfuscator.pt -o obfuscator.onnx --format int8"""

app = App(
    name="export",
    help="Write a signature network or an obfuscator as an ONNX file, and measure what is lost.",
    help_epilogue=_EPILOGUE,
    help_format="markdown",
    default_parameter=Parameter(negative=(), show_default=default_text),
)


@app.default
def export_command(  # noqa: PLR0913  (one option each)
    model: str,
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"])],
    number_format: Annotated[NumberFormat, Parameter(name="--format")] = "fp32",
    calibrate: Path | None = None,
    detector: str | None = None,
    pixels: PixelFormat | None = None,
    which: Which = None,
    as_json: Annotated[bool, Parameter(name="--json")] = False,
    overwrite: bool = False,
) -> int:
    """Export and return the exit code.

    Args:
        model: Name of a signature model or an obfuscator, the model.pt of a training run, or an
            ONNX file.
        output: The .onnx file.
        number_format: Number format for storing and computing.
        calibrate: A data set, whose training images calibrate and whose queries and gallery
            measure; or a folder of images of people, half of which are used for each.
        detector: Person detector that measures an obfuscator: a name, or an ONNX file.
        pixels: Input format of an ONNX file that does not state it.
        which: Which data set, and which split of it.
        as_json: Print the outcome as JSON.
        overwrite: Replace the file if it exists.
    """
    check_ending(output, "ONNX", ".onnx")
    check_new(output, read=[model, calibrate, detector], overwrite=overwrite)
    if holds_obfuscator(model):
        return _export_obfuscator(
            model, output, number_format, detector, as_json=as_json, overwrite=overwrite
        )
    images = None if calibrate is None else _images(calibrate, which or DatasetOptions())
    with progress("comparing", 0 if images is None else 2 * compared(images)) as advance:
        done = export_signatures(
            model,
            output,
            number_format,
            pixels=pixels,
            images=images,
            progress=lambda: advance(1),
            permit=Permit(overwrite),
        )
    if as_json:
        print_json({**asdict(done), "target": str(done.target)})
    else:
        _print(done, number_format)
    return EXIT_OK


def _export_obfuscator(
    model: str,
    output: Path,
    number_format: NumberFormat,
    detector: str | None,
    *,
    as_json: bool,
    overwrite: bool,
) -> int:
    with progress("measuring on people who do not exist", FRAMES) as advance:
        done = export_obfuscation(
            model,
            output,
            number_format,
            detector=detector,
            progress=lambda: advance(1),
            permit=Permit(overwrite),
        )
    if as_json:
        print_json({**asdict(done), "target": str(done.target)})
        return EXIT_OK
    loss = done.loss
    table = Table("", "clear", "fp32", number_format)
    table.add_row("megabytes", "", f"{done.full_bytes / 1e6:.3f}", f"{done.bytes / 1e6:.3f}")
    table.add_row("AP50", f"{loss.clear:.3f}", f"{loss.full:.3f}", f"{loss.exported:.3f}")
    table.add_row("mean difference", "", "0", f"{loss.difference:.2f} of 255")
    table.add_row("people", f"{loss.people}", "", "")
    print_table(table)
    say(str(done.target))
    return EXIT_OK


def _images(root: Path, which: DatasetOptions) -> ReidDataset | ImageList:
    return which.read(root) if which.fits(root) else ImageList.of_files([str(root)])


def _print(done: Exported, number_format: NumberFormat) -> None:
    table = Table("", "fp32", number_format)
    table.add_row("megabytes", f"{done.full_bytes / 1e6:.2f}", f"{done.bytes / 1e6:.2f}")
    if done.loss is None:
        complain("nothing was measured: give images with --calibrate")
    else:
        table.add_row("cosine, mean", "1", f"{done.loss.cosine_mean:.5f}")
        table.add_row("cosine, lowest", "1", f"{done.loss.cosine_least:.5f}")
        for name, (before, after) in done.loss.figures.items():
            table.add_row(name, f"{before:.4f}", f"{after:.4f}")
        table.add_row("images", "", f"{done.loss.images:,}")
    print_table(table)
    say(str(done.target))
