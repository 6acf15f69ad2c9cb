"""What is no state of a training is said in one line."""

from pathlib import Path

import pytest
import torch

from passerby.errors import ModelError
from passerby.train.engine.state import check_settings, checkpoint_errors

PATH = Path("out/state.pt")


@pytest.mark.parametrize("error", [KeyError("step"), RuntimeError("a\nb"), TypeError("odd")])
def test_whatever_goes_wrong_is_one_line(error):
    told = "is not a checkpoint of this training run"
    with pytest.raises(ModelError, match=told) as caught, checkpoint_errors(PATH):
        raise error
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "error",
    [
        ModelError("there is not enough memory to read out/state.pt: free some"),
        PermissionError(13, "Permission denied"),
        torch.OutOfMemoryError("CUDA out of memory"),
        MemoryError(),
    ],
)
def test_what_is_no_fault_of_the_file_keeps_its_cause(error):
    with pytest.raises(type(error)) as caught, checkpoint_errors(PATH):
        raise error
    assert caught.value is error


def test_the_first_difference_is_named_wherever_it_lies():
    before = {"recipe": {"epochs": 2, "order": {"people": 3, "images": 4}, "erase": None}}
    now = {"recipe": {"epochs": 2, "order": {"people": 3, "images": 8}, "erase": {"chance": 1}}}
    with pytest.raises(ModelError, match=r"started with recipe\.erase None, not {'chance': 1}: "):
        check_settings(before, now, PATH, may_change=())
    now["recipe"]["erase"] = None
    with pytest.raises(ModelError, match=r"started with recipe\.order\.images 4, not 8: give the"):
        check_settings(before, now, PATH, may_change=())


def test_settings_must_be_the_same_but_for_those_that_may_change():
    before = {"seed": 0, "batch": 4}
    check_settings(before, {"seed": 0, "batch": 4}, PATH, may_change=())
    check_settings(before, {"seed": 0, "batch": 8}, PATH, may_change={"batch"})
    with pytest.raises(ModelError, match="was started with batch 4, not 8: give the same"):
        check_settings(before, {"seed": 0, "batch": 8}, PATH, may_change=())
    with pytest.raises(ModelError, match="was started with size None, not 3"):
        check_settings(before, {**before, "size": 3}, PATH, may_change=())
