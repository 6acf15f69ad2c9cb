"""``passerby evaluate reid``: one set of queries against one gallery."""

from pathlib import Path
from typing import Annotated

import numpy as np
from cyclopts import Group, Parameter

from passerby.cli.datasets.options import DatasetOptions, Which
from passerby.cli.evaluate.console import print_result, print_trials, progress
from passerby.cli.evaluate.inputs import Compared
from passerby.cli.evaluate.options import ExtraOptions, InputOptions, OutputOptions
from passerby.cli.evaluate.rules import RuleOptions, RulesOption
from passerby.cli.exit_codes import EXIT_OK
from passerby.datasets import ReidDataset
from passerby.errors import ConfigError
from passerby.evaluate.reid.curves import draw_cmc, draw_roc
from passerby.evaluate.reid.evaluation import evaluate
from passerby.evaluate.reid.multi_query import multi_query
from passerby.evaluate.reid.ranked_lists import draw_ranked_lists, nearest_images
from passerby.evaluate.reid.result_files import write_json, write_parquet
from passerby.evaluate.reid.results import Result
from passerby.evaluate.reid.single_shot import evaluate_single_shot
from passerby.evaluate.reid.trials import Trials
from passerby.signatures.reader import read_signatures

__all__ = ["evaluate_reid"]

_WHAT = Group("Input", sort_key=1)
AGAIN = Group("Re-ranking and trials", sort_key=3)
_WRITING = Group("Output", sort_key=4)
SHOWN_IN_ROW = 10


def evaluate_reid(
    *,
    what: Annotated[InputOptions | None, Parameter(name="*", group=_WHAT)] = None,
    which: Which = None,
    rules: RulesOption = None,
    again: Annotated[ExtraOptions | None, Parameter(name="*", group=AGAIN)] = None,
    output: Annotated[OutputOptions | None, Parameter(name="*", group=_WRITING)] = None,
) -> int:
    """Search a gallery for each query: CMC, mAP in both conventions, mINP, verification.

    Ties in distance count as the expectation over random order. Queries without a match
    are counted, and left out of every mean.

    Example: passerby evaluate reid --query q.npz --gallery g.npz --json out.json

    Example: passerby evaluate reid --data twin --model osnet-x0.25 --rerank

    Args:
        what: What is compared.
        which: Which data set, and which split of it.
        rules: By which rules.
        again: Re-ranking and trials.
        output: What is written.
    """
    what, rules = what or InputOptions(), rules or RuleOptions()
    again, output = again or ExtraOptions(), output or OutputOptions()
    output.check(what, [*what.files, *again.files])
    rules.check()
    compared = what.compared(which or DatasetOptions())
    results = [_evaluated(one, rules, again) for one in compared]
    (first, *more) = results
    result = Trials.over_splits(results) if more else first
    if isinstance(result, Result):
        print_result(result)
        _write(result, compared[0], output)
    elif output.of_one_result:
        raise ConfigError("tables and pictures show one gallery, not several: leave them out")
    else:
        print_trials(result)
    if output.json is not None:
        write_json(output.json, result.as_dict(), output.permit)
    return EXIT_OK


def _evaluated(compared: Compared, rules: RuleOptions, again: ExtraOptions) -> Result | Trials:
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


def _write(result: Result, compared: Compared, output: OutputOptions) -> None:
    name = compared.origin.model or "signatures"
    if output.parquet is not None:
        write_parquet(output.parquet, result, output.permit)
    if output.cmc is not None:
        draw_cmc(output.cmc, {name: result}, output.permit)
    if output.roc is not None:
        draw_roc(output.roc, {name: result}, output.permit)
    if output.ranked_lists is not None and compared.dataset is not None:
        _draw_ranked_lists(output.ranked_lists, output, result, compared, compared.dataset)


def _draw_ranked_lists(
    target: Path, output: OutputOptions, result: Result, compared: Compared, dataset: ReidDataset
) -> None:
    """Draw queries from the worst to the best average precision, evenly spaced."""
    valid = np.flatnonzero(result.valid)
    ordered = valid[np.argsort(result.average_precision[valid], kind="stable")]
    places = np.linspace(0, len(ordered) - 1, min(output.rows, len(ordered)))
    queries = ordered[places.round().astype(np.intp)]
    found = nearest_images(compared.query, compared.gallery, result.protocol, queries, SHOWN_IN_ROW)
    draw_ranked_lists(target, dataset, compared.reader.read, queries, found, output.permit)
