"""Options of ``passerby evaluate reid``."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from passerby.cli.datasets.options import DatasetOptions
from passerby.cli.endings import check_ending
from passerby.cli.evaluate.console import check_new
from passerby.cli.evaluate.inputs import Compared, describe_splits, from_files, splits
from passerby.errors import ConfigError
from passerby.evaluate.reid.curves import check_can_draw
from passerby.evaluate.reid.result_files import check_can_write_parquet
from passerby.files.partial import Permit
from passerby.models.cards import PixelFormat
from passerby.signatures.flip_averaged import FlipAveraged
from passerby.signatures.opening import open_describer

__all__ = ["ExtraOptions", "InputOptions", "OutputOptions"]


@dataclass(frozen=True, kw_only=True)
class InputOptions:
    """Signatures from files, or a data set and a network that describes its images."""

    query: Annotated[
        Path | None, Parameter(help="An .npz file with arrays `features`, `ids`, `cameras`.")
    ] = None
    gallery: Annotated[Path | None, Parameter(help="The same for the gallery.")] = None
    data: Annotated[Path | None, Parameter(help="Folder of a data set, instead of files.")] = None
    model: Annotated[
        str | None,
        Parameter(
            help="Network that describes the images: a name (passerby models list), an ONNX file "
            "or the model.pt of a training run."
        ),
    ] = None
    pixels: Annotated[
        PixelFormat | None, Parameter(help="Input format of an ONNX file that does not state it.")
    ] = None
    flip_averaged: Annotated[
        bool,
        Parameter(help="Use the mean of the signatures of each image and its mirror image."),
    ] = False
    all_splits: Annotated[
        bool, Parameter(help="Evaluate all splits of the data set: mean and standard deviation.")
    ] = False
    raw: Annotated[
        bool,
        Parameter(
            help="Describe raw images too, outside an anonymized twin: their signatures identify "
            "people."
        ),
    ] = False

    @property
    def files(self) -> tuple[Path | str | None, ...]:
        """All that is read."""
        return self.query, self.gallery, self.data, self.model

    def compared(self, which: DatasetOptions) -> list[Compared]:
        """Read or make the signatures, once a split."""
        files = (self.query, self.gallery)
        if self.data is not None and self.model is not None and files == (None, None):
            network = open_describer(self.model, self.pixels)
            describer = FlipAveraged(network) if self.flip_averaged else network
            datasets = list(splits(self.data, which, all_splits=self.all_splits))
            return describe_splits(datasets, describer, raw=self.raw)
        if self.query is not None and self.gallery is not None and self.data is None:
            if self.flip_averaged:
                raise ConfigError(
                    "signatures in files exist already: give --flip-averaged to passerby describe"
                )
            return [from_files(self.query, self.gallery)]
        raise ConfigError("say what to compare: --query FILE --gallery FILE, or --data --model")


@dataclass(frozen=True, kw_only=True)
class ExtraOptions:
    """Queries of several images, finer signatures, galleries drawn at random."""

    multi_query: Annotated[
        Path | None,
        Parameter(help="Signatures of all images of the queries' people, to be averaged."),
    ] = None
    fine_query: Annotated[
        Path | None,
        Parameter(help="Finer signatures of the queries, to re-rank the nearest images."),
    ] = None
    fine_gallery: Annotated[Path | None, Parameter(help="The same for the gallery.")] = None
    top: Annotated[
        int,
        Parameter(validator=Number(gte=1), help="How many of the nearest images are re-ranked."),
    ] = 50
    single_shot: Annotated[
        bool,
        Parameter(
            help="Draw galleries of one image per person; always used if the data set requires it."
        ),
    ] = False
    trials: Annotated[int, Parameter(validator=Number(gte=1), help="Number of such galleries.")] = (
        10
    )
    seed: Annotated[int, Parameter(validator=Number(gte=0), help="Seed of the galleries.")] = 0

    @property
    def files(self) -> tuple[Path | None, ...]:
        """All that is read."""
        return self.multi_query, self.fine_query, self.fine_gallery

    @property
    def finer(self) -> tuple[Path, Path] | None:
        """Files of finer signatures."""
        if self.fine_query is not None and self.fine_gallery is not None:
            return self.fine_query, self.fine_gallery
        if self.fine_query is None and self.fine_gallery is None:
            return None
        raise ConfigError("--fine-query and --fine-gallery belong together: give both")


@dataclass(frozen=True, kw_only=True)
class OutputOptions:
    """What is written."""

    json: Annotated[Path | None, Parameter(help="Write all results, with the protocol.")] = None
    parquet: Annotated[Path | None, Parameter(help="Write one row per query.")] = None
    cmc: Annotated[Path | None, Parameter(help="Draw the CMC curve: PNG, SVG or PDF.")] = None
    roc: Annotated[Path | None, Parameter(help="Draw the ROC curve of pairs: PNG, SVG or PDF.")] = (
        None
    )
    ranked_lists: Annotated[
        Path | None,
        Parameter(
            help="Draw some queries and what was found as a PNG; images are shown as 8x8 cells."
        ),
    ] = None
    rows: Annotated[
        int,
        Parameter(validator=Number(gte=1, lte=200), help="Number of queries in the ranked lists."),
    ] = 12
    overwrite: Annotated[bool, Parameter(help="Replace files that exist.")] = False

    def check(self, what: InputOptions, read: Iterable[Path | str | None] = ()) -> None:
        """Find out before the work whether all of it can be written, beside all that is read."""
        files = (self.json, self.parquet, self.cmc, self.roc, self.ranked_lists)
        check_new(*files, read=read, overwrite=self.overwrite)
        check_ending(self.json, "JSON", ".json")
        check_ending(self.parquet, "Parquet", ".parquet")
        check_ending(self.ranked_lists, "a picture", ".png")
        if self.parquet is not None:
            check_can_write_parquet()
        for curve in (self.cmc, self.roc):
            if curve is not None:
                check_can_draw(curve)
        if self.ranked_lists is not None and what.data is None:
            raise ConfigError("ranked lists show images: give --data and --model instead of files")
        if self.of_one_result and what.all_splits:
            raise ConfigError("tables and pictures show one split: leave out --all-splits")

    @property
    def permit(self) -> Permit:
        """What may happen to files that are there."""
        return Permit(self.overwrite)

    @property
    def of_one_result(self) -> bool:
        """Whether anything is asked for that only a single result has."""
        return any((self.parquet, self.cmc, self.roc, self.ranked_lists))
