"""What is written down can be read by anybody."""

import hashlib
import json
from pathlib import Path

import pytest

from passerby.models.reid import REID_MODELS
from passerby.train.reid.recipes import recipe
from passerby.train.reid.record import as_json
from passerby.train.reid.transforms import RandomErasing


@pytest.mark.parametrize("scale", ["paper", "quick"])
@pytest.mark.parametrize("model", REID_MODELS)
def test_every_recipe_is_json_and_says_what_it_is_made_of(model, scale):
    described = as_json(recipe(model, scale))
    assert json.loads(json.dumps(described)) == described
    assert described["schedule"]["kind"] in {"Steps", "Cosine"}
    assert described["optimizer"]["kind"] in {"adam", "adamw", "sgd"}


def test_different_recipes_are_written_differently():
    assert as_json(recipe("bot", "paper")) != as_json(recipe("bot", "paper").over(60))


def test_values_are_what_json_has():
    assert as_json({"a": (1, Path("b"), None, True)}) == {"a": [1, "b", None, True]}
    assert as_json(RandomErasing())["colour"] == [0.485, 0.456, 0.406]


def test_recipes_are_written_as_version_0_1_wrote_them():
    """Its trainings go on, and what was trained for a table is not trained again."""
    written = {
        f"{model} {scale}": as_json(recipe(model, scale))
        for model in sorted(set(REID_MODELS) - {"mobilenet-v2"})  # came later
        for scale in ("paper", "quick")
    }
    hashed = hashlib.sha256(json.dumps(written, sort_keys=True).encode()).hexdigest()
    assert hashed == "0cfafbc7b1cd595704cd92208dc607065b4e27bf7d7e32c190cad08854d9ef92"
