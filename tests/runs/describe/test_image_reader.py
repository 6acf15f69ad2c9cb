"""Images are read as what a record vouches for, and raw only where that is asked for by name."""

from pathlib import Path

import numpy as np
import pytest

from passerby.cli.app import main
from passerby.datasets import read_dataset
from passerby.errors import ConfigError, PrivacyError
from passerby.pipeline.settings import Settings
from passerby.runs.describe.image_reader import RAW, image_reader
from passerby.twins.twin import make_twin
from passerby.types import AnonymizedFrame, Frame

QUERY = "query/0007_c1s1_000001_00.jpg"


@pytest.fixture
def twin(market: Path, tmp_path: Path) -> Path:
    make_twin(read_dataset(market), tmp_path / "twin", Settings.of(regions="top"))
    return tmp_path / "twin"


@pytest.mark.parametrize("below", ["", "query", QUERY])
def test_all_that_lies_in_a_twin_is_vouched_for(twin: Path, below: str) -> None:
    reader = image_reader([twin / below])
    assert reader.facts == {"images": "anonymized", "weakness": None}
    frame = reader.read(twin / QUERY)
    assert isinstance(frame, AnonymizedFrame)
    assert frame.image[:7].max() < 40  # black, but for traces of JPEG


def test_in_a_twin_nothing_else_is_read_even_if_raw_images_are_asked_for(
    twin: Path, market: Path
) -> None:
    reader = image_reader([twin], raw=True)
    with pytest.raises(PrivacyError, match="is not vouched for"):
        reader.read(market / QUERY)


def test_raw_images_are_read_if_they_are_asked_for(market: Path, twin: Path) -> None:
    with pytest.raises(ConfigError, match=r"nobody vouches that .*market is anonymized"):
        image_reader([market])
    with pytest.raises(ConfigError, match=r"nobody vouches that .*market is anonymized"):
        image_reader([twin, market])
    assert image_reader([twin, market], raw=True) is RAW
    frame = RAW.read(market / QUERY)
    assert isinstance(frame, Frame)
    assert RAW.facts == {"images": "raw"}


def test_a_report_vouches_for_what_its_run_wrote(market: Path, tmp_path: Path) -> None:
    out, report = tmp_path / "out.png", tmp_path / "out.json"
    given = ["anonymize", str(market / QUERY), "-o", str(out), "--operator", "noise"]
    assert main([*given, "--regions", "top", "--report", str(report)]) == 0
    reader = image_reader([out], report=report)
    assert reader.facts["images"] == "anonymized"
    assert "noise is weak" in reader.facts["weakness"]
    assert np.asarray(reader.read(out).image).shape == (32, 16, 3)
    with pytest.raises(PrivacyError, match="is not vouched for"):
        reader.read(market / QUERY)
