"""Configuration files: what is wrong with one is said in one line that names the place."""

from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from passerby.config import first_problem, read_toml, validated
from passerby.errors import ConfigError


class Colours(BaseModel):
    model_config = ConfigDict(extra="forbid")

    brightness: float = Field(default=0.5, ge=0, le=1)
    palette: tuple[int, ...] = ()
    mode: Literal["light", "dark"] = "light"

    @field_validator("palette")
    @classmethod
    def _not_of_one(cls, palette: tuple[int, ...]) -> tuple[int, ...]:
        if len(palette) == 1:
            raise ValueError("a palette needs two colours or none: give another one")
        return palette


class Page(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str = ""
    colours: Colours = Colours()


# --- Reading -------------------------------------------------------------------------------


def test_a_file_is_read_as_toml_says(tmp_path: Path) -> None:
    path = tmp_path / "page.toml"
    path.write_text('title = "Zürich"\n[colours]\npalette = [1, 2]\n', encoding="utf-8")
    assert read_toml(path) == {"title": "Zürich", "colours": {"palette": [1, 2]}}


def test_an_empty_file_sets_nothing(tmp_path: Path) -> None:
    path = tmp_path / "page.toml"
    path.touch()
    assert validated(Page, read_toml(path), "page.toml") == Page()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"title = ", "end of document"),
        (b"title = 1\ntitle = 2\n", "line 2"),
        (b"[colours\n", "line 1"),
        (b'title = "\xff"\n', "utf-8"),
        (b"\x00\x01\x02", "line 1"),
        (b"[colours]\npalette = [" + b"9" * 5_000 + b"]", "digits"),
    ],
)
def test_what_is_no_toml_is_refused_with_the_place(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "page.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_toml(path)
    message = str(caught.value)
    assert message.startswith(f"configuration {path} is not valid TOML: ")
    assert reason in message
    assert "\n" not in message


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.toml does not exist: check the path"):
        read_toml(tmp_path / "gone.toml")
    with pytest.raises(ConfigError, match=r"cannot be read: Is a directory"):
        read_toml(tmp_path)


# --- Checking ------------------------------------------------------------------------------


def test_values_that_fit_become_settings() -> None:
    page = validated(Page, {"colours": {"palette": [3, 4], "mode": "dark"}}, "page.toml")
    assert page.colours.palette == (3, 4)
    assert page.colours.mode == "dark"
    assert page.title == ""


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"titl": "x"}, "unknown key 'titl': did you mean title?"),
        (
            {"colours": {"palett": []}},
            "unknown key 'colours.palett': did you mean colours.palette?",
        ),
        ({"palette": []}, "unknown key 'palette': did you mean colours.palette?"),
        ({"zzz": 1}, "unknown key 'zzz'"),
        ({"colours": 3}, "colours: must be a table, not 3"),
        ({"title": 3}, "title: input should be a valid string, not 3"),
        (
            {"colours": {"brightness": 2}},
            "colours.brightness: input should be less than or equal to 1, not 2",
        ),
        ({"colours": {"palette": "red"}}, "colours.palette: must be a list, not 'red'"),
        (
            {"colours": {"palette": [1, "red"]}},
            (
                "colours.palette.1: input should be a valid integer, unable to parse string as an "
                "integer, not 'red'"
            ),
        ),
        (
            {"colours": {"mode": "dim"}},
            "colours.mode: input should be 'light' or 'dark', not 'dim'",
        ),
        (
            {"colours": {"palette": [1]}},
            "colours.palette: a palette needs two colours or none: give another one",
        ),
        ({"title": 3, "colours": 3}, "title: input should be a valid string, not 3"),
        ({"title": ["two\nlines"]}, "title: input should be a valid string, not ['two\\nlines']"),
    ],
)
def test_the_first_mistake_is_named_in_one_line(values: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        validated(Page, values, "page.toml")
    assert str(caught.value) == f"page.toml: {message}"


def test_without_names_nothing_is_suggested() -> None:
    with pytest.raises(ValidationError) as caught:
        Page(titl="x")  # type: ignore[call-arg]
    assert first_problem(caught.value) == "unknown key 'titl'"
