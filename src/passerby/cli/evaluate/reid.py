"""``passerby evaluate reid``: one set of queries against one gallery."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from cyclopts import Group, Parameter
from cyclopts.validators import Number

from passerby.cli.datasets.options import Which, WhichDataset
from passerby.cli.evaluate.console import check_new, print_result, print_trials, progress
from passerby.cli.evaluate.inputs import Compared, describe, from_files
from passerby.cli.evaluate.rules import Rules, RulesOption
from passerby.cli.exit_codes import EXIT_OK
from passerby.errors import ConfigError
from passerby.evaluate.reid.curves import check_can_draw, draw_cmc, draw_roc
from passerby.evaluate.reid.evaluation import evaluate
from passerby.evaluate.reid.multi_query import multi_query
from passerby.evaluate.reid.ranked_lists import draw_ranked_lists, nearest_images
from passerby.evaluate.reid.result_files import check_can_write_parquet, write_json, write_parquet
from passerby.evaluate.reid.results import Result
from passerby.evaluate.reid.signature_files import read_signatures
from passerby.evaluate.reid.single_shot import evaluate_single_shot
from passerby.evaluate.reid.trials import Trials
from passerby.models.cards import Pixels
from passerby.models.signature_network import SignatureNetwork

__all__ = ["reid"]

WHAT = Group("What is compared", sort_key=1)
AGAIN = Group("More than one look", sort_key=3)
WRITING = Group("Writing", sort_key=4)
SHOWN_IN_ROW = 10


@dataclass(frozen=True, kw_only=True)
class _What:
    """Signatures from files, or a data set and a network that describes its images."""

    query: Annotated[
        Path | None, Parameter(help="An .npz file with arrays `features`, `ids`, `cameras`.")
    ] = None
    gallery: Annotated[Path | None, Parameter(help="The same of the gallery.")] = None
    data: Annotated[Path | None, Parameter(help="Folder of a data set, in place of files.")] = None
    model: Annotated[
        str | None,
        Parameter(help="Describes the images: a name (passerby models list), or an ONNX file."),
    ] = None
    pixels: Annotated[Pixels | None, Parameter(help="What an ONNX file is fed.")] = None
    all_splits: Annotated[
        bool, Parameter(help="Evaluate all splits of the data set: mean and deviation.")
    ] = False

    def compared(self, which: WhichDataset) -> list[Compared]:
        files = (self.query, self.gallery)
        if self.data is not None and self.model is not None and files == (None, None):
            network = SignatureNetwork(self.model, self.pixels)
            return describe(self.data, which, network, self.model, all_splits=self.all_splits)
        if self.query is not None and self.gallery is not None and self.data is None:
            return [from_files(self.query, self.gallery)]
        raise ConfigError("say what to compare: --query FILE --gallery FILE, or --data --model")


@dataclass(frozen=True, kw_only=True)
class _Again:
    """Queries of several images, finer signatures, galleries drawn at random."""

    multi_query: Annotated[
        Path | None,
        Parameter(help="Signatures of all images of the queries' people, to be averaged."),
    ] = None
    fine_query: Annotated[
        Path | None, Parameter(help="Finer signatures of the queries, to rank the nearest again.")
    ] = None
    fine_gallery: Annotated[Path | None, Parameter(help="The same of the gallery.")] = None
    top: Annotated[
        int, Parameter(validator=Number(gte=1), help="How many of the nearest are ranked again.")
    ] = 50
    single_shot: Annotated[
        bool,
        Parameter(help="Draw galleries of one image a person; always so where the data set asks."),
    ] = False
    trials: Annotated[
        int, Parameter(validator=Number(gte=1), help="How many such galleries are drawn.")
    ] = 10
    seed: Annotated[int, Parameter(validator=Number(gte=0), help="Of what is drawn.")] = 0

    @property
    def finer(self) -> tuple[Path, Path] | None:
        if self.fine_query is not None and self.fine_gallery is not None:
            return self.fine_query, self.fine_gallery
        if self.fine_query is None and self.fine_gallery is None:
            return None
        raise ConfigError("--fine-query and --fine-gallery belong together: give both")


@dataclass(frozen=True, kw_only=True)
class _Output:
    """What is written."""

    json: Annotated[Path | None, Parameter(help="Everything, with the protocol.")] = None
    parquet: Annotated[Path | None, Parameter(help="One row a query.")] = None
    cmc: Annotated[Path | None, Parameter(help="The CMC curve: PNG, SVG or PDF.")] = None
    roc: Annotated[Path | None, Parameter(help="The ROC curve of pairs: PNG, SVG or PDF.")] = None
    ranked_lists: Annotated[
        Path | None,
        Parameter(help="Some queries and what was found, a PNG; the top of every image is black."),
    ] = None
    rows: Annotated[
        int, Parameter(validator=Number(gte=1, lte=200), help="How many queries it shows.")
    ] = 12
    overwrite: Annotated[bool, Parameter(help="Replace files that exist.")] = False

    def check(self) -> None:
        files = (self.json, self.parquet, self.cmc, self.roc, self.ranked_lists)
        check_new(*files, overwrite=self.overwrite)
        if self.parquet is not None:
            check_can_write_parquet()
        for curve in (self.cmc, self.roc):
            if curve is not None:
                check_can_draw(curve)
        if self.ranked_lists is not None and self.ranked_lists.suffix.lower() != ".png":
            raise ConfigError(f"{self.ranked_lists}: ranked lists are a PNG: name a .png file")

    @property
    def of_one_result(self) -> bool:
        """Whether anything is asked for that only a single result has."""
        return any((self.parquet, self.cmc, self.roc, self.ranked_lists))


def reid(
    *,
    what: Annotated[_What | None, Parameter(name="*", group=WHAT)] = None,
    which: Which = None,
    rules: RulesOption = None,
    again: Annotated[_Again | None, Parameter(name="*", group=AGAIN)] = None,
    output: Annotated[_Output | None, Parameter(name="*", group=WRITING)] = None,
) -> int:
    """Look for each query in a gallery: CMC, mAP in both conventions, mINP, verification.

    Images at equal distance count as their expectation over random order. Queries without a match
    are counted and left out of every mean.

    Example: passerby evaluate reid --query q.npz --gallery g.npz --json out.json

    Example: passerby evaluate reid --data Market-1501-v15.09.15 --model osnet-x0.25 --rerank

    Args:
        what: What is compared.
        which: Which data set, and which split of it.
        rules: By which rules.
        again: More than one look.
        output: What is written.
    """
    what, rules = what or _What(), rules or Rules()
    again, output = again or _Again(), output or _Output()
    output.check()
    compared = what.compared(which or WhichDataset())
    results = [_evaluated(one, rules, again) for one in compared]
    (first, *more) = results
    result = Trials.over_splits(results) if more else first
    if isinstance(result, Result):
        print_result(result)
        _write(result, compared[0], output)
    elif output.of_one_result:
        raise ConfigError("tables and pictures are of one split and one gallery: leave them out")
    else:
        print_trials(result)
    if output.json is not None:
        write_json(output.json, result.as_dict())
    return EXIT_OK


def _evaluated(compared: Compared, rules: Rules, again: _Again) -> Result | Trials:
    finer = again.finer
    dataset = None if compared.dataset is None else compared.dataset.protocol
    protocol = rules.protocol(dataset, None if finer is None else again.top)
    query = compared.query
    if again.multi_query is not None:
        images = read_signatures(again.multi_query)
        query = multi_query(query, images, unit=protocol.distance == "cosine")
    if again.single_shot or (dataset is not None and dataset.single_shot):
        return evaluate_single_shot(
            query,
            compared.gallery,
            protocol,
            trials=again.trials,
            seed=again.seed,
            origin=compared.origin,
        )
    fine = finer and (read_signatures(finer[0]), read_signatures(finer[1]))
    with progress("comparing", len(query)) as advance:
        return evaluate(
            query, compared.gallery, protocol, origin=compared.origin, fine=fine, progress=advance
        )


def _write(result: Result, compared: Compared, output: _Output) -> None:
    name = compared.origin.model or "signatures"
    if output.parquet is not None:
        write_parquet(output.parquet, result)
    if output.cmc is not None:
        draw_cmc(output.cmc, {name: result})
    if output.roc is not None:
        draw_roc(output.roc, {name: result})
    if output.ranked_lists is not None:
        _draw_ranked_lists(output.ranked_lists, result, compared, output.rows)


def _draw_ranked_lists(target: Path, result: Result, compared: Compared, rows: int) -> None:
    """Draw queries from the worst to the best average precision, evenly spaced."""
    if compared.dataset is None:
        raise ConfigError("ranked lists show images: give --data and --model in place of files")
    valid = np.flatnonzero(result.valid)
    ordered = valid[np.argsort(result.average_precision[valid], kind="stable")]
    places = np.linspace(0, len(ordered) - 1, min(rows, len(ordered)))
    queries = ordered[places.round().astype(np.intp)]
    found = nearest_images(compared.query, compared.gallery, result.protocol, queries, SHOWN_IN_ROW)
    draw_ranked_lists(target, compared.dataset, queries, found)
