"""``passerby datasets check``: look for what would spoil figures on a data set."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from passerby.cli.console import complain, print_json, say
from passerby.cli.datasets.console import dataset_progress, described
from passerby.cli.datasets.options import AsJson, DatasetOptions, Which, Workers
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK
from passerby.datasets import ReidDataset
from passerby.datasets.checks import count_of, index_problems, index_warnings
from passerby.runs.datasets.image_audit import copies, survey, unreadable
from passerby.runtime.counting import counted
from passerby.runtime.workers import cores
from passerby.twins.verify import check_twin

__all__ = ["check"]


def check(
    root: Path,
    *,
    which: Which = None,
    twin: Path | None = None,
    quick: bool = False,
    workers: Workers = None,
    as_json: AsJson = False,
) -> int:
    """Look for what would spoil figures on a data set.

    Counts are compared with the published ones and every image is opened. Images that are the
    same byte for byte, queries without a match, and people who are both trained and tested on are
    named. Ends with 1 if something is wrong; counts alone may differ.

    Example: passerby datasets check Market-1501-v15.09.15 --twin twin

    Args:
        root: Folder of the data set.
        which: Which data set, and which split of it.
        twin: Its anonymized twin, which must list the same images and be what its manifest says.
        quick: Open no image.
        workers: Processes at work; by default one for each core.
        as_json: Print the outcome as JSON.
    """
    which = which or DatasetOptions()
    dataset = which.read(root)
    for text in index_warnings(dataset):
        complain(text)
    problems = [*dataset.unread, *index_problems(dataset)]
    if not quick:
        problems += _picture_problems(dataset, workers or cores())
    if twin is not None:
        problems += check_twin(dataset, twin, which.choice)
    if as_json:
        print_json({**described(dataset), "problems": problems})
    else:
        for problem in problems:
            say(problem)
        say(f"{_told(dataset)}: {_counted(len(problems))}")
    return EXIT_FAILED if problems else EXIT_OK


def _picture_problems(dataset: ReidDataset, workers: int) -> list[str]:
    """Open all images; what is only odd is said on standard error."""
    with dataset_progress("opening") as progress:
        pictures = survey(dataset, workers, progress)
    same = copies(pictures)
    people = {sample.path: sample.identity for sample in dataset.samples}
    torn = [group for group in same if len({people[path] for path in group}) > 1]
    if same:
        first, second, *_ = same[0]
        count = sum(len(group) - 1 for group in same)
        complain(f"{counted(count, 'copy')} of other images: {second} is {first}")
    return [*_told_twice(torn, people), *unreadable(pictures)]


def _told_twice(groups: Sequence[Sequence[str]], people: Mapping[str, int]) -> list[str]:
    """Say in one line which copies are labelled as two people, if there are any."""
    if not groups:
        return []
    first = groups[0][0]
    other = next(path for path in groups[0] if people[path] != people[first])
    told = (
        f"{counted(len(groups), 'image')} labelled as two people: {first} ({people[first]}) is "
        f"{other} ({people[other]}), byte for byte: correct one of the labels"
    )
    return [told]


def _counted(problems: int) -> str:
    return counted(problems, "problem") if problems else "no problems"


def _told(dataset: ReidDataset) -> str:
    count = count_of(dataset.samples)
    return (
        f"{dataset.root}: {dataset.name}, {counted(count.images or 0, 'image')} of "
        f"{counted(count.identities or 0, 'person')}, index {dataset.sha256[:12]}"
    )
