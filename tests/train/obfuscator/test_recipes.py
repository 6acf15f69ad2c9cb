"""The recipes are as published."""

import pytest

from passerby.errors import ConfigError
from passerby.train.obfuscator.recipes import RECIPES, VARIANTS, obfuscator_recipe


def test_de_coninck_is_as_the_appendix_says():
    paper = obfuscator_recipe("de-coninck", "paper")
    assert (paper.epochs, paper.weight_decay, paper.mse) == (30, 1e-4, 1.0)
    obfuscator = [
        paper.obfuscator_rate * paper.obfuscator_schedule.factor(epoch, 30)
        for epoch in (0, 9, 10, 19, 20, 29)
    ]
    assert obfuscator == pytest.approx([1e-2, 1e-2, 1e-4, 1e-4, 1e-6, 1e-6])
    deobfuscator = [
        paper.deobfuscator_rate * paper.deobfuscator_schedule.factor(epoch, 30)
        for epoch in (0, 10, 20)
    ]
    assert deobfuscator == pytest.approx([1e-3, 1e-4, 1e-5])


@pytest.mark.parametrize(
    ("name", "kernels", "rate", "reid_steps"),
    [
        ("S1", (5, 7, 7, 5, 3), 5e-4, 1),
        ("S2", (5, 7, 7, 5, 3), 5e-4, 2),
        ("R1", (5, 7, 7, 5, 3), 5e-4, 1),
        ("R2", (3, 3, 3, 3, 3), 5e-4, 1),
        ("R3", (3, 5, 5, 3, 3), 5e-4, 1),
        ("R4", (7, 9, 9, 7, 3), 5e-4, 1),
        ("R5", (5, 7, 7, 5, 3), 5e-3, 1),
        ("R6", (5, 7, 7, 5, 3), 1e-4, 1),
    ],
)
def test_the_filters_are_those_of_tables_4_1_and_4_2(name, kernels, rate, reid_steps):
    filters = obfuscator_recipe("johansson-lundberg", "paper", name)
    assert (filters.kernels, filters.filter_rate, filters.reid_steps) == (kernels, rate, reid_steps)
    assert filters.balance == 5
    assert filters.reid_rate == 1e-3
    if name.startswith("S"):
        published = (5e-4, 12_000, 12, 60, 0.5, "squares")
    else:
        published = (1e-4, 200, 52, 12, 0.1, "people")
    assert published == (
        filters.detector_rate,
        filters.epochs,
        filters.steps,
        filters.batch,
        filters.chosen_after,
        filters.data,
    )


@pytest.mark.parametrize("name", list(VARIANTS))
def test_a_quick_filter_differs_in_size_and_time_alone(name):
    quick, paper = (
        obfuscator_recipe("johansson-lundberg", scale, name) for scale in ("quick", "paper")
    )
    for same in ("kernels", "filter_rate", "reid_steps", "balance", "loss", "data", "likeness"):
        assert getattr(quick, same) == getattr(paper, same)
    assert quick.epochs < paper.epochs


def test_what_is_unknown_is_named():
    with pytest.raises(ConfigError, match="de-coninck, johansson-lundberg, passerby"):
        obfuscator_recipe("ghent", "quick")
    with pytest.raises(ConfigError, match="S1, S2, R1"):
        obfuscator_recipe("johansson-lundberg", "quick", "R7")
    with pytest.raises(ConfigError, match="has no variants"):
        obfuscator_recipe("passerby", "quick", "S1")


def test_every_recipe_has_both_scales():
    assert all(set(scales) == {"paper", "quick"} for scales in RECIPES.values())
