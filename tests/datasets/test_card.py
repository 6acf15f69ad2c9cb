import pytest

from passerby.datasets.card import DATASETS


@pytest.mark.parametrize("name", DATASETS)
def test_a_card_says_what_whoever_uses_it_must_know(name: str) -> None:
    card = DATASETS[name]
    assert card.title
    assert card.source
    assert card.terms
    assert card.parts
    assert card.splits is None or card.splits > 0


@pytest.mark.parametrize(
    ("name", "images", "people"),
    [
        ("market1501", 32_668 + 3_368 - 3_819, None),  # the paper counts junk, and no query
        ("duke", 36_411, None),
        ("msmt17", 126_441, None),
        ("viper", 1_264, 632),
        ("grid", 1_275, None),
        ("cuhk03-detected", 14_097, 1_467),
        ("cuhk03-labelled", 14_096, 1_467),
    ],
)
def test_published_counts_add_up(name: str, images: int, people: int | None) -> None:
    published = DATASETS[name].published
    assert sum(count.images or 0 for count in published.values()) == images
    if people is not None:
        asked = published["train"].identities, published["query"].identities
        assert sum(count or 0 for count in asked) == people


def test_no_two_data_sets_are_recognised_by_the_same_file() -> None:
    marks = [card.mark for card in DATASETS.values() if card.mark]
    assert len(set(marks)) == len(marks)


def test_variants_are_taken_only_by_name() -> None:
    unmarked = {name for name, card in DATASETS.items() if not card.mark}
    assert unmarked == {
        "market1501-500k",
        "cuhk03-labelled",
        "cuhk03-detected-classic",
        "cuhk03-labelled-classic",
    }
