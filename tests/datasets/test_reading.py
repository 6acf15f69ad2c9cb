import re
from collections.abc import Callable
from pathlib import Path

import pytest

from passerby.datasets import Choice, read_dataset
from passerby.datasets.reading import draw_partitions, recognised
from passerby.datasets.splits import Partitions
from passerby.errors import ConfigError, InputError

MARKET = [
    "bounding_box_train/0002_c1s1_000451_03.jpg",
    "bounding_box_test/0001_c2s1_001051_00.jpg",
    "query/0001_c1s1_001051_00.jpg",
]


def test_a_root_one_level_too_high_or_too_low(tree: Callable[..., Path]) -> None:
    root = tree([f"Market-1501-v15.09.15/{name}" for name in MARKET]) / "Market-1501-v15.09.15"
    for wrong in (root.parent, root.parent.parent, root / "query"):
        for name in (None, "market1501"):
            with pytest.raises(InputError) as raised:
                read_dataset(wrong, name)
            message = str(raised.value)
            assert message.startswith(str(wrong))
            assert re.search(rf"{root}\b(?!/)", message), message
            assert "\n" not in message


def test_it_says_what_was_looked_for(tree: Callable[..., Path]) -> None:
    with pytest.raises(InputError) as raised:
        read_dataset(tree(["a/b.jpg"]), "market1501")
    assert "looked for bounding_box_train, query, bounding_box_test in it" in str(raised.value)


@pytest.mark.parametrize("kept", [[0], [1], [2], [1, 2], [0, 1], [0, 2]])
def test_a_subset_is_asked_for_where_it_is_needed_alone(
    tree: Callable[..., Path], kept: list[int]
) -> None:
    dataset = read_dataset(tree([MARKET[number] for number in kept]), "market1501")
    assert len(dataset.samples) == len(kept)
    (note,) = dataset.notes
    lacking = [MARKET[number].split("/")[0] for number in (0, 2, 1) if number not in kept]
    assert note == f"there is no {', '.join(lacking)}: its images are left out"


def test_test_sets_alone_are_recognised(tree: Callable[..., Path]) -> None:
    root = tree(MARKET[1:])
    assert recognised(root) == "market1501"
    for name in MARKET[1:]:
        (root / name).rename(root / Path(name).with_name("0002_c1_f0046985.jpg"))
    assert recognised(root) == "duke"


def test_pictures_in_folders_below_are_not_passed_over_in_silence(
    tree: Callable[..., Path],
) -> None:
    nest = tree(["query/0001/0001_c1.jpg", "query/0002/deep/0002_c1.jpg", "gallery/0001/a.png"])
    with pytest.raises(InputError) as raised:
        read_dataset(nest)
    assert "not read: 2 pictures in folders below query: move the pictures into query" in str(
        raised.value
    )
    assert "1 picture in folders below gallery" in str(raised.value)


def test_linked_folders_are_not_passed_over_in_silence(tree: Callable[..., Path]) -> None:
    root = tree(["query/1_c1.jpg", "gallery/1_c2.jpg", "elsewhere/2_c1.jpg"])
    (root / "query" / "more").symlink_to(root / "elsewhere")
    (unread,) = read_dataset(root).unread
    assert unread.startswith("not read: 1 linked folder in query: move the pictures into")


def test_a_folder_with_nothing_known_in_it(tree: Callable[..., Path]) -> None:
    with pytest.raises(InputError, match="holds no known data set, nor does any folder"):
        read_dataset(tree(["a/b/c.jpg"]))


def test_a_root_that_is_no_folder(tree: Callable[..., Path]) -> None:
    root = tree(MARKET)
    with pytest.raises(InputError, match="gone does not exist: name the folder"):
        read_dataset(root / "gone")
    with pytest.raises(InputError, match="is a file, not a folder"):
        read_dataset(root / MARKET[0], "market1501")


def test_a_data_set_without_an_image(tree: Callable[..., Path]) -> None:
    root = tree([str(Path(name).with_name("Thumbs.db")) for name in MARKET])
    with pytest.raises(InputError, match="holds no image of Market-1501"):
        read_dataset(root, "market1501")


def test_market_and_duke_are_told_apart_by_their_names(tree: Callable[..., Path]) -> None:
    root = tree(MARKET)
    assert recognised(root) == "market1501"
    for name in MARKET:
        (root / name).rename(root / Path(name).with_name("0002_c1_f0046985.jpg"))
    assert recognised(root) == "duke"


@pytest.mark.parametrize(
    ("name", "choice", "told"),
    [
        ("market", Choice(), "unknown data set 'market': choose one of"),
        ("market1501", Choice(split=1), "market1501 has the splits 0 to 0, not 1"),
        ("market1501", Choice(pattern="{id}_{camera}"), "a pattern is for the data set folder"),
        (None, Choice(partitions=Partitions("a", 0, ())), "the splits of market1501 are fixed"),
    ],
)
def test_a_choice_that_there_is_not(
    tree: Callable[..., Path], name: str | None, choice: Choice, told: str
) -> None:
    with pytest.raises(ConfigError, match=re.escape(told)):
        read_dataset(tree(MARKET), name, choice)


def test_there_is_nothing_to_draw_where_splits_are_fixed(tree: Callable[..., Path]) -> None:
    with pytest.raises(ConfigError, match="the splits of market1501 are fixed"):
        draw_partitions(tree(MARKET))


def test_cautions_come_before_counts(tree: Callable[..., Path]) -> None:
    names = [str(Path(name).with_name("0002_c1_f0046985.jpg")) for name in MARKET]
    caution, counts = read_dataset(tree(names)).warnings
    assert "withdrawn" in caution
    assert counts.startswith("this is not DukeMTMC-reID as published")
