"""What obfuscators cost: the figures that a clock gives are those of the clock."""

import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from passerby.errors import ConfigError, ModelError
from passerby.models.obfuscators import create_obfuscator, export_obfuscator, network_cost
from passerby.runs.bench import obfuscators
from passerby.runs.bench.obfuscators import bench_obfuscators

ONE = {"width": 24, "height": 16, "threads": 1}


@pytest.mark.slow
def test_multiplications_are_those_of_the_size(tmp_path: Path) -> None:
    network = create_obfuscator("shuffle", channels=8, depth=1)
    export_obfuscator(network, tmp_path / "mine.onnx", {})
    names = ["five-layer-filter", "mobile-autoencoder:0.1", str(tmp_path / "mine.onnx")]
    costs = bench_obfuscators(names, rounds=1, **ONE)
    wanted = [
        create_obfuscator("five-layer-filter"),
        create_obfuscator("mobile-autoencoder", width=0.1),
        network,
    ]
    assert [one.name for one in costs] == [
        "five-layer-filter",
        "mobile-autoencoder 0.1",
        "mine.onnx",
    ]
    for one, made in zip(costs, wanted, strict=True):
        cost = network_cost(made, 16, 24)
        assert (one.macs, one.parameters) == (cost.macs, cost.parameters)
        assert one.times_faster is None


def test_who_is_named_twice_is_measured_once() -> None:
    assert len(bench_obfuscators(["shuffle", "shuffle"], rounds=1, **ONE)) == 1


@pytest.mark.slow
def test_the_first_network_does_not_pay_for_what_counts_it() -> None:
    """In a process of its own, where counting multiplications has taken no memory yet."""
    program = (
        "from passerby.runs.bench.obfuscators import bench_obfuscators as bench\n"
        "print(bench(['shuffle'], rounds=1, width=24, height=16, threads=1)[0].megabytes)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    if sys.platform.startswith("linux"):
        assert float(done.stdout) < 20


def test_times_are_medians_over_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock on which the first network takes 1, 2, 9 s and the second 4, 4, 18 s."""
    lengths = iter([1, 4, 2, 4, 9, 18])
    ticks = count()
    now = [0.0]

    def clock() -> float:
        if next(ticks) % 2:
            now[0] += next(lengths)
        return now[0]

    monkeypatch.setattr(obfuscators.time, "perf_counter", clock)
    monkeypatch.setattr(obfuscators.time, "process_time", lambda: 0.5 * now[0])
    steps: list[int] = []
    first, second = bench_obfuscators(
        ["shuffle"],
        rounds=3,
        against="passerby-people",
        progress=lambda: steps.append(1),
        **ONE,
    )
    assert (first.milliseconds, first.least_milliseconds) == (2000, 1000)
    assert first.frames_a_second == 0.5
    assert first.times_faster == 2  # of 4, 2 and 2
    assert (second.milliseconds, second.times_faster) == (4000, 1)
    assert second.name == "passerby-people, 32x32"
    assert len(steps) == 3


def test_all_architectures_are_measured_by_default() -> None:
    names = obfuscators._defaults()
    assert {name.partition(":")[0] for name in names} == set(obfuscators.OBFUSCATORS)
    assert names.count("mobile-autoencoder:0.17") == 1


@pytest.mark.parametrize(
    ("models", "options", "message"),
    [
        (["mosaic"], {}, "unknown obfuscator 'mosaic'"),
        (["mobile-autoencoder:wide"], {}, "cannot read the width of mobile-autoencoder:wide"),
        (["shuffle:0.5"], {}, "shuffle has no option 'width'"),
        (["shuffle"], {"rounds": 0}, "0 rounds: all must be above 0"),
        (["shuffle"], {"against": "mosaic"}, "unknown model 'mosaic'"),
    ],
)
def test_what_cannot_be_measured_is_refused(
    models: list[str], options: dict[str, object], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        bench_obfuscators(models, **{**ONE, **options})


def test_a_file_that_is_no_obfuscator_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.onnx").write_text("no network")
    with pytest.raises(ModelError, match=r"text\.onnx is not an ONNX file"):
        bench_obfuscators([str(tmp_path / "text.onnx")], **ONE)
