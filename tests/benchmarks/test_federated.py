"""On whom settings are chosen, on whom figures are taken, and who is learned from."""

from pathlib import Path

from federated import Asked, developed, fewer, people_of
from passerby.datasets import ReidDataset, Sample

DATASET = ReidDataset(
    "people",
    Path(),
    tuple(
        Sample(f"{person}_{camera}_{image}.png", person, camera, subset)
        for subset, people in (("train", range(1, 11)), ("query", range(20, 23)))
        for person in people
        for camera in (1, 2)
        for image in range(3)
    ),
)


def test_settings_are_chosen_on_people_who_are_neither_learned_from_nor_reported_on():
    chosen_on = developed(DATASET)
    tested = {one.identity for one in chosen_on.samples if one.subset != "train"}
    assert tested == {1, 6}
    assert not tested & set(people_of(chosen_on))
    assert not tested & {one.identity for one in DATASET.samples if one.subset == "query"}
    queries = [one for one in chosen_on.samples if one.subset == "query"]
    assert len(queries) == len({(one.identity, one.camera) for one in queries}) == 4


def test_fewer_people_are_learned_from_and_as_many_tested():
    few = fewer(DATASET, 4)
    assert people_of(few) == [1, 4, 7, 10]
    assert len([one for one in few.samples if one.subset == "query"]) == 18
    assert people_of(fewer(DATASET, 99)) == list(range(1, 11))


def test_each_arm_has_a_file_of_its_own():
    asked = [
        Asked(arm=arm, seed=seed, camera=camera)
        for arm in ("fedbn", "single")
        for seed in (0, 1)
        for camera in (0, 3)
    ]
    assert len({one.file for one in asked}) == len(asked)
