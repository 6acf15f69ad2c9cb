"""Curves are drawn, and what keeps them from it is said."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from passerby.errors import ConfigError, InputError
from passerby.evaluate.reid.curves import check_can_draw, draw_cmc, draw_roc
from passerby.evaluate.reid.evaluation import evaluate
from passerby.evaluate.reid.results import Result
from passerby.signatures.signatures import Signatures

pytest.importorskip("matplotlib")


@pytest.fixture
def result(people: Callable[..., tuple[Signatures, Signatures]]) -> Result:
    return evaluate(*people())


@pytest.mark.parametrize("draw", [draw_cmc, draw_roc])
def test_a_curve_is_a_picture_with_its_figures(
    draw: Callable[[Path, dict[str, Result]], None], result: Result, tmp_path: Path
) -> None:
    draw(tmp_path / "curve.png", {"one": result, "two": result})
    draw(tmp_path / "curve.svg", {"one": result})
    with Image.open(tmp_path / "curve.png") as picture:
        assert len(set(picture.convert("RGB").get_flattened_data())) > 10
    assert "<svg" in (tmp_path / "curve.svg").read_text(encoding="utf-8")
    assert len(list(tmp_path.iterdir())) == 2


def test_pairs_that_were_not_counted_cannot_be_drawn(
    people: Callable[..., tuple[Signatures, Signatures]], tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="one has no pairs to draw"):
        draw_roc(tmp_path / "roc.png", {"one": evaluate(*people(), verify=False)})
    assert list(tmp_path.iterdir()) == []


def test_other_formats_and_a_missing_library_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match=r"curve.txt: curves are written as .png"):
        check_can_draw(Path("curve.txt"))
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ConfigError, match=r"pip install 'passerby\[evaluate\]'"):
        check_can_draw(Path("curve.png"))
