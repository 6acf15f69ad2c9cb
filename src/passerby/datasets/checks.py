"""What can be said of a data set by its index alone."""

from collections.abc import Iterator, Sequence
from itertools import chain

from passerby.datasets.card import Count, DatasetCard
from passerby.datasets.index import SUBSETS, ReidDataset, Sample
from passerby.runtime.counting import counted

__all__ = [
    "count_of",
    "count_warnings",
    "index_problems",
    "index_warnings",
    "twin_problems",
    "unanswered",
]

NAMED = 3
"""How many of the files that are wrong are named."""


def count_of(samples: Sequence[Sample]) -> Count:
    """How many images there are, and how many people; who is nobody is none of these.

    Example:
        >>> count_of([Sample("a", 7, 1, "query"), Sample("b", 0, 1, "gallery", distractor=True)])
        Count(images=2, identities=1)
    """
    people = {sample.identity for sample in samples if not sample.is_nobody}
    return Count(len(samples), len(people))


def count_warnings(dataset: ReidDataset, card: DatasetCard) -> list[str]:
    """Say in one line where counts differ from the published ones, if they do."""
    differences: list[str] = []
    for subset, published in card.published.items():
        chosen = [one for one in dataset.samples if subset in ("all", one.subset)]
        if not chosen:
            continue  # what is not there is said elsewhere
        differences += [f"{subset} {text}" for text in _differences(count_of(chosen), published)]
    cameras = len({sample.camera for sample in dataset.samples} - {0})
    if card.cameras is not None and cameras != card.cameras:
        differences.append(f"{counted(cameras, 'camera')} (published: {card.cameras})")
    told = f"this is not {card.title} as published, do not compare figures: "
    return [told + ", ".join(differences)] if differences else []


def _differences(found: Count, published: Count) -> Iterator[str]:
    for noun, here, there in (
        ("image", found.images, published.images),
        ("person", found.identities, published.identities),
    ):
        if there is not None and here != there:
            yield f"{counted(here or 0, noun)} (published: {there:,})"


def index_problems(dataset: ReidDataset) -> list[str]:
    """What in an index makes an evaluation wrong or impossible, one line each."""
    query, gallery = dataset.part("query"), dataset.part("gallery")
    problems: list[str] = []
    if not len(query) or not len(gallery):
        problems.append("there is no query or no gallery, so nothing can be evaluated")
    elif len(unanswered(dataset)) == len(query):
        problems.append(
            "no query has a match in the gallery: check that both name people alike, and that "
            "another camera than the query's sees them"
        )
    trained = {sample.identity for sample in dataset.samples if sample.subset == "train"}
    problems += _contradictions(dataset)
    both = sorted(trained & set(query.identities.tolist()))
    if both:
        told = counted(len(both), "person", "are both trained and tested on")
        problems.append(
            f"{told}{_named([f'identity {one}' for one in both])}: figures would flatter"
        )
    return problems


def _contradictions(dataset: ReidDataset) -> list[str]:
    """Paths that the index lists under two people."""
    people: dict[str, set[int]] = {}
    for sample in dataset.samples:
        people.setdefault(sample.path, set()).add(sample.identity)
    several = {path: sorted(who) for path, who in people.items() if len(who) > 1}
    if not several:
        return []
    path, who = next(iter(several.items()))
    told = (
        f"{len(several):,} images are listed as two people, {path} as {who[0]} and {who[1]} for "
        "one: correct the list"
    )
    return [told]


def index_warnings(dataset: ReidDataset) -> list[str]:
    """What in an index is odd, one line each; an evaluation takes care of it."""
    alone = unanswered(dataset)
    if not alone:
        return []
    told = f"{counted(len(alone), 'query')} without a match in the gallery left out of account"
    return [f"{told}{_named(alone)}"]


def unanswered(dataset: ReidDataset) -> list[str]:
    """Paths of queries without a right answer that counts."""
    own_counts = dataset.protocol.same_camera == "counted"
    answers = {
        (one.identity, one.camera)
        for one in dataset.samples
        if one.subset == "gallery" and not one.distractor
    }
    cameras: dict[int, set[int]] = {}
    for identity, camera in answers:
        cameras.setdefault(identity, set()).add(camera)
    return [
        one.path
        for one in dataset.samples
        if one.subset == "query"
        and not cameras.get(one.identity, set()) - (set() if own_counts else {one.camera})
    ]


def twin_problems(original: ReidDataset, twin: ReidDataset) -> list[str]:
    """Where two indices differ that should list the same images, one line each."""
    if original.sha256 == twin.sha256:
        return []
    problems = []
    for subset in SUBSETS:
        here = {one.path for one in original.samples if one.subset == subset}
        there = {one.path for one in twin.samples if one.subset == subset}
        lacking, added = sorted(here - there), sorted(there - here)
        if lacking:
            problems.append(
                f"the twin lacks {counted(len(lacking), f'{subset} image')}{_named(lacking)}: run "
                "`passerby datasets anonymize` again, which goes on where it stopped"
            )
        if added:
            many = counted(len(added), f"{subset} image")
            problems.append(f"the twin has {many} too many{_named(added)}")
    return problems or ["the twin labels images otherwise: read both with the same splits"]


def _named(names: Sequence[str]) -> str:
    more = ["..."] if len(names) > NAMED else []
    return f" ({', '.join(chain(names[:NAMED], more))})"
