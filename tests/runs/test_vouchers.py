"""What reports and manifests vouch for, and what they say of it."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from passerby.cli.app import main
from passerby.datasets import read_dataset
from passerby.errors import InputError, PrivacyError
from passerby.pipeline.settings import Settings
from passerby.protection import Protection
from passerby.runs.review.queue import read_report
from passerby.runs.vouchers import Vouchers, run_vouchers, twin_vouchers, vouched_picture
from passerby.twins.manifest import MANIFEST, read_manifest, write_manifest
from passerby.twins.twin import make_twin
from passerby.types import require_anonymized

Film = Callable[..., Path]
Run = Callable[..., Path]

QUERY = "query/0007_c1s1_000001_00.jpg"


@pytest.fixture
def run(bright_people: None, film: Film, tmp_path: Path) -> Run:
    """Anonymize a picture of somebody; returns the report."""
    image = np.full((64, 96, 3), 90, np.uint8)
    image[10:50, 60:70] = 255
    Image.fromarray(image).save(tmp_path / "photo.png")

    def anonymize(*options: str) -> Path:
        report = tmp_path / "report.json"
        given = ["anonymize", str(tmp_path / "photo.png"), "-o", str(tmp_path / "out.png")]
        assert main([*given, "--report", str(report), *options]) == 0
        return report

    return anonymize


def vouchers_in(report: Path) -> Vouchers:
    return run_vouchers(report, read_report(report))


def edited(report: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    content = json.loads(report.read_text(encoding="utf-8"))
    change(content)
    report.write_text(json.dumps(content), encoding="utf-8")
    return report


def test_an_output_comes_back_as_what_its_run_made_of_it(run: Run, tmp_path: Path) -> None:
    vouchers = vouchers_in(run("--operator", "gaussian", "--strength", "25%"))
    frame = require_anonymized(vouched_picture(tmp_path / "out.png", vouchers), strong=True)
    assert frame.protection == Protection(
        regions=("heads",), operator="gaussian", strength="25%", search="looked for"
    )
    assert (frame.image[40, 65] == 255).all()


def test_it_may_lie_elsewhere_but_must_be_the_same(run: Run, tmp_path: Path) -> None:
    vouchers = vouchers_in(run())
    moved = shutil.move(tmp_path / "out.png", tmp_path / "moved.png")
    assert vouched_picture(Path(moved), vouchers).image.shape == (64, 96, 3)
    with pytest.raises(PrivacyError, match=r"is no file that .*report\.json vouches for"):
        vouched_picture(tmp_path / "photo.png", vouchers)


@pytest.mark.parametrize(
    ("change", "weakness"),
    [
        (lambda report: None, None),
        (lambda report: report["items"][0].update(no_known_problem=False), "was in doubt"),
        (lambda report: report["items"][0].pop("no_known_problem"), "was in doubt"),
        (lambda report: report.pop("settings"), "nobody said"),
        (lambda report: report["settings"].pop("find"), "nobody said"),
        (lambda report: report["settings"]["cover"].update(operator="unheard-of"), "nobody said"),
        (lambda report: report["settings"]["cover"].update(operator="noise"), "noise is weak"),
        (lambda report: report["settings"]["cover"].update(keep=[3]), "left uncovered by choice"),
        (lambda report: report["settings"]["cover"].update(leave_time=["1-2"]), "at some time"),
        (lambda report: report["settings"]["find"].update(detections="a.txt"), "were given"),
    ],
)
def test_what_a_report_says_of_its_settings_decides(
    run: Run, change: Callable[[dict[str, Any]], object], weakness: str | None
) -> None:
    (voucher,) = vouchers_in(edited(run(), change)).values()
    said = voucher.protection.weakness
    assert said is None if weakness is None else weakness in str(said)


def test_what_went_to_a_stream_has_no_voucher(run: Run) -> None:
    report = edited(run(), lambda content: content["items"][0]["output"].update(sha256=None))
    assert vouchers_in(report) == {}


def test_the_pictures_of_a_twin_come_back(market: Path, tmp_path: Path) -> None:
    make_twin(read_dataset(market), tmp_path / "twin", Settings.of(preset="van-rooijen-15px"))
    vouchers = twin_vouchers(tmp_path / "twin")
    frame = require_anonymized(vouched_picture(tmp_path / "twin" / QUERY, vouchers), strong=True)
    assert frame.protection.preset == "van-rooijen-15px"
    with pytest.raises(PrivacyError, match="jsonl vouches for"):
        vouched_picture(market / QUERY, vouchers)


def test_a_manifest_says_of_each_picture_whether_it_was_covered_whole(
    market: Path, tmp_path: Path
) -> None:
    twin = tmp_path / "twin"
    make_twin(read_dataset(market), twin, Settings.of(regions="top"))
    head, entries = read_manifest(twin / MANIFEST)
    entries[QUERY] = replace(entries[QUERY], covered_in_full=True)
    write_manifest(twin / MANIFEST, head, entries.values())
    vouchers = twin_vouchers(twin)
    assert vouched_picture(twin / QUERY, vouchers).covered_in_full
    assert sum(voucher.covered_in_full for voucher in vouchers.values()) == 1


def test_a_folder_without_a_manifest_vouches_for_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the manifest"):
        twin_vouchers(tmp_path)
