from pathlib import Path

import pytest

from passerby.datasets.card import Choice, Count, DatasetCard, Found
from passerby.datasets.checks import (
    count_of,
    count_warnings,
    index_problems,
    index_warnings,
    twin_problems,
)
from passerby.datasets.index import PublishedProtocol, ReidDataset, Sample, Subset


def read(_root: Path, _choice: Choice) -> Found:
    return Found([])


def card(**published: Count) -> DatasetCard:
    return DatasetCard(
        title="Street-2", read=read, parts=(), source="", terms="", published=published, cameras=2
    )


def dataset(*samples: Sample, protocol: PublishedProtocol | None = None) -> ReidDataset:
    return ReidDataset("folder", Path(), samples, protocol or PublishedProtocol())


def one(subset: Subset, identity: int, camera: int, *, distractor: bool = False) -> Sample:
    path = f"{subset}/{identity}_c{camera}.jpg"
    return Sample(path, identity, camera, subset, distractor)


GOOD = (one("train", 9, 1), one("query", 1, 1), one("gallery", 1, 2))


def test_nobody_is_no_person() -> None:
    nobody, known = one("gallery", 0, 1, distractor=True), one("gallery", 8, 1, distractor=True)
    person = one("query", 3, 1)
    assert count_of([nobody, person, person]) == Count(3, 1)
    assert count_of([nobody, known, person, one("train", 0, 1)]) == Count(4, 3)


def test_a_subset_that_is_not_there_is_not_compared() -> None:
    published = card(train=Count(12_936, 1), query=Count(1, 1))
    assert count_warnings(dataset(*GOOD[1:]), published) == []


def test_counts_as_published_are_not_worth_a_word() -> None:
    assert count_warnings(dataset(*GOOD), card(train=Count(1, 1), all=Count(3, 2))) == []
    assert count_warnings(dataset(*GOOD), card(train=Count(identities=1))) == []


def test_other_counts_are_one_line() -> None:
    published = card(train=Count(12_936, 1), gallery=Count(1, 4), all=Count(9, 9))
    (warning,) = count_warnings(dataset(*GOOD, one("gallery", 4, 3)), published)
    assert warning == (
        "this is not Street-2 as published, do not compare figures: train 1 image (published: "
        "12,936), gallery 2 images (published: 1), gallery 2 people (published: 4), all 4 images "
        "(published: 9), all 3 people (published: 9), 3 cameras (published: 2)"
    )


def test_a_good_index_has_no_problem() -> None:
    assert index_problems(dataset(*GOOD)) == index_warnings(dataset(*GOOD)) == []


@pytest.mark.parametrize("subset", ["query", "gallery"])
def test_a_subset_that_is_missing(subset: str) -> None:
    (problem,) = index_problems(dataset(*(s for s in GOOD if s.subset != subset)))
    assert "no query or no gallery" in problem


@pytest.mark.parametrize(
    "answer",
    [
        one("gallery", 1, 1),
        one("gallery", 2, 2),
        one("gallery", 1, 2, distractor=True),
    ],
)
def test_no_query_has_a_match(answer: Sample) -> None:
    (problem,) = index_problems(dataset(one("query", 1, 1), answer))
    assert problem.startswith("no query has a match in the gallery: check that both name people")


def test_a_match_by_the_same_camera_counts_where_the_authors_say_so() -> None:
    samples = one("query", 1, 1), one("gallery", 1, 1)
    assert (
        index_problems(dataset(*samples, protocol=PublishedProtocol(same_camera="counted"))) == []
    )


def test_some_queries_have_no_match() -> None:
    alone = [one("query", person, 1) for person in (5, 6, 7, 8)]
    index = dataset(*GOOD, *alone)
    assert index_problems(index) == []
    (warning,) = index_warnings(index)
    assert warning == (
        "4 queries without a match in the gallery left out of account "
        "(query/5_c1.jpg, query/6_c1.jpg, query/7_c1.jpg, ...)"
    )


def test_people_who_are_trained_and_tested_on() -> None:
    (problem,) = index_problems(dataset(*GOOD, one("train", 1, 2)))
    assert problem == ("1 person is both trained and tested on (identity 1): figures would flatter")


def test_a_twin_that_lists_the_same_images_has_no_problem() -> None:
    assert twin_problems(dataset(*GOOD), dataset(*GOOD)) == []


def test_images_that_a_twin_lacks_or_has_too_many_are_named() -> None:
    lacking, added = twin_problems(dataset(*GOOD), dataset(*GOOD[:2], one("train", 3, 1)))
    assert lacking == "the twin has 1 train image too many (train/3_c1.jpg)"
    assert added.startswith("the twin lacks 1 gallery image (gallery/1_c2.jpg): run `passerby")


def test_a_twin_with_other_labels() -> None:
    other = Sample("query/1_c1.jpg", 4, 1, "query")
    (problem,) = twin_problems(dataset(*GOOD), dataset(GOOD[0], other, GOOD[2]))
    assert problem == "the twin labels images otherwise: read both with the same splits"


def test_an_image_that_is_listed_as_two_people_is_a_problem() -> None:
    twice = Sample("query/1_c1.jpg", 2, 1, "query")
    (problem,) = index_problems(dataset(*GOOD, twice))
    assert problem.startswith("1 images are listed as two people, query/1_c1.jpg as 1 and 2 for")
    again = Sample("query/1_c1.jpg", 1, 1, "gallery")  # one person in two subsets is in order
    assert index_problems(dataset(*GOOD, again)) == []
