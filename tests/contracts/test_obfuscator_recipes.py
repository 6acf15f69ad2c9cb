"""Every recipe is explained, and every setting of it can be given on the command line."""

import json
from dataclasses import asdict, fields
from pathlib import Path

import pytest

from passerby.train.obfuscator.attackers import REBUILDERS
from passerby.train.obfuscator.recipes import RECIPES, VARIANTS

PAGE = Path(__file__).parents[2] / "docs" / "training-obfuscators.md"


@pytest.mark.parametrize("name", [*RECIPES, *VARIANTS, *REBUILDERS])
def test_every_name_is_explained(name):
    page = PAGE.read_text(encoding="utf-8")
    assert f"`{name}`" in page or f"| {name} |" in page


@pytest.mark.parametrize("name", list(RECIPES))
@pytest.mark.parametrize("scale", ["paper", "quick"])
def test_every_recipe_can_be_written_down_and_read_again(name, scale):
    """A state on disk is compared with what is asked for."""
    plain = json.loads(json.dumps(asdict(RECIPES[name][scale])))
    assert set(plain) == {field.name for field in fields(RECIPES[name][scale])}


@pytest.mark.parametrize("name", list(RECIPES))
def test_every_setting_is_explained(name):
    recipe = type(RECIPES[name]["paper"])
    for field in fields(recipe):
        assert f"{field.name}: " in (recipe.__doc__ or "")
