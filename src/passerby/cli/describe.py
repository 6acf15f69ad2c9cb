"""``passerby describe``: compute signatures of images of people, or show where a network looks."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number

from passerby.cli.console import complain, say
from passerby.cli.datasets.options import DatasetOptions, Which
from passerby.cli.defaults import default_text
from passerby.cli.endings import check_ending
from passerby.cli.evaluate.console import check_new, progress
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK
from passerby.datasets import Subset
from passerby.errors import ConfigError
from passerby.files.partial import Permit
from passerby.models.cards import PixelFormat
from passerby.runs.describe.attention_maps import draw_attention
from passerby.runs.describe.image_lists import ImageList
from passerby.runs.describe.image_reader import ImageReader, image_reader
from passerby.runs.describe.run import describe_images, is_described
from passerby.runtime.counting import counted
from passerby.signatures.describer import Describer
from passerby.signatures.flip_averaged import FlipAveraged
from passerby.signatures.opening import Runtime, default_model, open_describer
from passerby.sinks.path_conflicts import check_apart
from passerby.sources import left_out as left_out_of

__all__ = ["app", "describe_command"]

_EPILOGUE = """Signatures of raw pictures are personal data: they are made to find a person again.
So only pictures in an anonymized twin, whose manifest vouches for them, or from a run whose report
vouches for them (--vouched-by) are described. --raw describes any others; treat their signatures
with the same care as the pictures.

A file holds the arrays features, ids, cameras and paths, and a header; `passerby evaluate reid
--query q.npz --gallery g.npz` reads it directly. For a data set, one file per subset is written.
Unknown ids and cameras are 0; --pattern reads them from file names. People with names are numbered
in their order.

The same command resumes an interrupted run.

Examples:

  passerby describe twin/ -o signatures/ --model model.pt

  passerby describe safe/ --vouched-by safe.json -o safe.npz

  passerby describe crops/ --raw -o crops.npz --model osnet-x0.25

  passerby describe crops/ --raw --maps maps.png --model osnet-x0.25

Exit codes: 0 all done; 1 some images could not be read, and the file holds the others; 2 wrong use;
130 or 143 interrupted."""

app = App(
    name="describe",
    help="Compute signatures of images of people, or show where a network looks.",
    help_epilogue=_EPILOGUE,
    help_format="markdown",
    default_parameter=Parameter(negative=(), show_default=default_text),
)

_Count = Annotated[int | None, Parameter(validator=Number(gte=1))]


@app.default
def describe_command(  # noqa: PLR0913  (one option each)
    *sources: str,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    model: str | None = None,
    pixels: PixelFormat | None = None,
    runtime: Runtime = "onnx",
    flip_averaged: bool = False,
    subsets: tuple[Subset, ...] = ("query", "gallery"),
    which: Which = None,
    vouched_by: Path | None = None,
    raw: bool = False,
    batch: _Count = None,
    threads: _Count = None,
    maps: Path | None = None,
    rows: Annotated[int, Parameter(validator=Number(gte=1, lte=200))] = 12,
    overwrite: bool = False,
) -> int:
    """Describe and return the exit code.

    Args:
        sources: Images of one person each, folders of them, or the folder of a data set.
        output: An .npz file; for a data set, a folder for one file per subset.
        model: Name of a model (passerby models list), an ONNX file, or the model.pt of a training
            run.
        pixels: Input format of an ONNX file that does not state it.
        runtime: What runs the network: ONNX Runtime, or torch, which runs a model.pt on a GPU.
        flip_averaged: Average the signatures of each image and its mirror image: this takes twice
            the time and finds people somewhat better.
        subsets: Subsets of a data set.
        which: Which data set, and which split of it.
        vouched_by: Report of the run that wrote the images (passerby anonymize --report).
        raw: Describe raw images too, which nothing vouches for: their signatures identify people.
        batch: Images per batch; by default the fastest size.
        threads: Number of threads that compute; by default one per core.
        maps: Draw where the network looks in some of the images, as a PNG. Every image is shown as
            8x8 cells, whatever the network sees.
        rows: Number of images in the picture of maps.
        overwrite: Replace files that exist.
    """
    if not sources:
        raise ConfigError("nothing to describe: name images, a folder or a data set")
    if output is None and maps is None:
        raise ConfigError("nothing to write: name a file, such as -o signatures.npz")
    check_ending(maps, "a picture", ".png")
    check_new(maps, overwrite=overwrite)
    reader = image_reader([Path(source) for source in sources], raw=raw, report=vouched_by)
    network = open_describer(model or default_model(), pixels, runtime)
    describer = FlipAveraged(network) if flip_averaged else network
    jobs = list(_jobs(sources, output, subsets, which or DatasetOptions()))
    check_apart([maps, *(target for _, target in jobs)], [*sources, model, vouched_by])
    permit = Permit(overwrite)
    unusable = [line for images, _ in jobs for line in images.unusable]
    for line in (*unusable, *_remarks(sources, jobs)):
        complain(line)
    left_out = len(unusable)
    for images, target in jobs:
        if target is None or _holds_them(target, images, reader, describer, permit):
            continue
        left_out += _describe(images, reader, describer, target, batch, threads, permit)
    if maps is not None:
        images = ImageList.joined([images for images, _ in jobs])
        _draw(images, reader, network, maps, rows, threads, permit)
    return EXIT_FAILED if left_out else EXIT_OK


def _jobs(
    sources: tuple[str, ...],
    output: Path | None,
    subsets: tuple[Subset, ...],
    which: DatasetOptions,
) -> Iterator[tuple[ImageList, Path | None]]:
    """What is to be described, and into which files."""
    one_file = output is not None and output.suffix.lower() == ".npz"
    root = Path(sources[0]) if len(sources) == 1 else None
    is_dataset = root is not None and which.fits(root)
    if root is not None and is_dataset and not one_file:
        dataset = which.read(root)
        for subset in subsets:
            target = None if output is None else output / f"{subset}.npz"
            yield ImageList.of_dataset(dataset, subset), target
    elif is_dataset:
        raise ConfigError(
            f"{root} is a data set, which gets one file per subset: name a folder, not {output}"
        )
    elif output is not None and not one_file:
        raise ConfigError(
            f"{output} is not an .npz file, and {sources[0]} is not a data set, which would get "
            "several files: end its name with .npz"
        )
    else:
        yield ImageList.of_files(sources, which.pattern), output


def _remarks(sources: tuple[str, ...], jobs: Sequence[tuple[ImageList, object]]) -> list[str]:
    """How people are numbered, and what of folders is left out; data sets say it themselves."""
    notes = [note for images, _ in jobs for note in images.notes]
    is_dataset = any("data_set" in images.origin for images, _ in jobs)
    return notes if is_dataset else [*notes, *left_out_of(sources)]


def _holds_them(
    target: Path, images: ImageList, reader: ImageReader, describer: Describer, permit: Permit
) -> bool:
    if not permit.overwrite and is_described(images, reader, describer, target):
        complain(f"{target} already holds these signatures")
        return True
    check_new(target, overwrite=permit.overwrite)
    return False


def _describe(
    images: ImageList,
    reader: ImageReader,
    describer: Describer,
    target: Path,
    batch: int | None,
    threads: int | None,
    permit: Permit,
) -> int:
    """Describe one list of images; returns how many could not be read."""
    with progress(target.name, len(images)) as advance:
        done = describe_images(
            images,
            reader,
            describer,
            target,
            batch=batch,
            threads=threads,
            progress=advance,
            complain=complain,
            permit=permit,
        )
    if done.kept:
        complain(f"{target}: {done.kept} of {len(images)} were described by an earlier run")
    if done.left_out:
        complain(f"{target}: {len(done.left_out)} of {counted(len(images), 'image')} left out")
    say(str(target))
    return len(done.left_out)


def _draw(
    images: ImageList,
    reader: ImageReader,
    describer: Describer,
    target: Path,
    rows: int,
    threads: int | None,
    permit: Permit,
) -> None:
    with progress("looking", min(rows, len(images))) as advance:
        draw_attention(
            target,
            images,
            reader,
            describer,
            rows,
            threads=threads,
            progress=advance,
            complain=complain,
            permit=permit,
        )
    say(str(target))
