"""Options that cannot be used are refused."""

import pytest
from pydantic import ValidationError

from passerby.sinks import Encoding


@pytest.mark.parametrize(
    "options",
    [
        {"codec": "mpeg1"},
        {"quality": -1},
        {"quality": 64},
        {"encoder_preset": "warp"},
        {"audio": "bleep"},
        {"metadata": "some"},
        {"image_quality": 0},
        {"image_quality": 101},
        {"bitrate": 5},
    ],
)
def test_bad_options_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Encoding(**options)


def test_sound_and_metadata_are_dropped_by_default() -> None:
    assert (Encoding().audio, Encoding().metadata) == ("drop", "drop")


def test_every_option_says_what_it_does() -> None:
    assert all(field.description for field in Encoding.model_fields.values())
