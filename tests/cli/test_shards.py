"""Work that is shared out, stopped and gone on with: the copies and the report of one run."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE
from passerby.errors import ConfigError
from passerby.files.hashing import sha256_of
from passerby.files.output_folder import OutputFolder
from passerby.media import Input
from passerby.runs.anonymize import basis, batch, shards
from passerby.runs.anonymize.journal import RunJournal, journal_path
from passerby.runs.anonymize.shards import PLAN_FILE, Shard, ShardPlan, join_plan, share
from passerby.sinks import Encoding

Film = Callable[..., Path]
Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch

PROGRAM = "import sys; from passerby.cli.app import main; sys.exit(main())"


def walking(frame: int) -> list[tuple[int, int, int, int, int]]:
    return [(20 + frame, 10, 10, 40, 255)]


@pytest.fixture
def archive(film: Film, bright_people: None, tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    (folder / "below").mkdir(parents=True)
    for number in range(3):
        film(f"archive/{number}.mkv", walking, frames=6 + 3 * number)
    for number in range(3):
        colour = (200, 90, 40 * number)
        Image.new("RGB", (32 + number, 24), colour).save(folder / f"below/{number}.png")
    (folder / "broken.jpg").write_bytes(b"no picture")
    return folder


def report_of(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return told


def essence(path: Path) -> list[dict[str, Any]]:
    """What a report says of each input, but for how long it took and where its copy lies."""
    items = report_of(path)["items"]
    for item in items:
        del item["seconds"]
        name = item["output"]["name"]
        item["output"]["name"] = name and Path(name).name
    return items


def anonymize(archive: Path, output: Path, report: Path, *words: str) -> int:
    # x264 may encode small flat pictures in more than one way; ffv1 cannot.
    fixed = ["anonymize", str(archive), "-o", str(output), "--report", str(report), "--quiet"]
    fixed += ["--codec", "ffv1"]
    return main([*fixed, *words])


@pytest.mark.parametrize("count", [1, 2, 3, 9])
def test_shards_make_what_one_run_makes(archive: Path, tmp_path: Path, count: int) -> None:
    assert anonymize(archive, tmp_path / "one", tmp_path / "one.json") == EXIT_FAILED  # broken.jpg
    safe, parts = tmp_path / "safe", []
    for number in reversed(range(1, count + 1)):
        parts.append(tmp_path / f"part-{number}.json")
        code = anonymize(archive, safe, parts[-1], "--shard", f"{number}/{count}")
        failed = any(item["status"] != "done" for item in report_of(parts[-1])["items"])
        assert code == (EXIT_FAILED if failed else EXIT_OK)
        assert not journal_path(parts[-1]).exists()
    done = [len(report_of(part)["items"]) for part in parts]
    assert sum(done) == 7
    merged = tmp_path / "merged.json"
    words = ["report", "merge", *map(str, parts), "-o", str(merged)]
    assert main(words) == EXIT_FAILED  # as the one run
    assert essence(merged) == essence(tmp_path / "one.json")
    for path in (tmp_path / "one").rglob("*.*"):
        assert sha256_of(path) == sha256_of(safe / path.relative_to(tmp_path / "one"))
    told, one = report_of(merged), report_of(tmp_path / "one.json")
    for report in (told, one):
        del report["items"], report["created"], report["summary"]["seconds"]
        del report["settings"]["run"]["report"]
    assert told == one


@given(
    sizes=st.lists(st.integers(0, 10**6), min_size=1, max_size=60),
    of=st.integers(1, 12),
)
def test_shares_are_whole_and_even(sizes: list[int], of: int) -> None:
    inputs = [Input(f"{at}.mp4", Path(f"{at}.mp4")) for at in range(len(sizes))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shards, "_size", lambda one: sizes[int(Path(one.name).stem)])
        shares = [share(inputs, Shard(number, of)) for number in range(1, of + 1)]
        again = [share(inputs[::-1], Shard(number, of)) for number in range(1, of + 1)]
    assert sorted(at for one in shares for at in one) == list(range(len(sizes)))
    assert all(one == sorted(one) for one in shares)
    # Taking the largest first, no share is larger than another by more than one input.
    loads = [sum(sizes[at] + 1 for at in one) for one in shares]
    assert max(loads) - min(loads) <= max(sizes) + 1
    # The order in which the files are named does not matter but to equals, whose names decide.
    turned = [sorted(len(sizes) - 1 - at for at in one) for one in again]
    assert turned == shares


@pytest.mark.parametrize(
    "text", ["0/3", "4/3", "1/0", "a/b", "1", "1/", "/2", "-1/2", "1/2/3", "٣/٤"]
)
def test_what_is_no_shard_is_refused(
    archive: Path, tmp_path: Path, text: str, capsys: Capture
) -> None:
    code = anonymize(archive, tmp_path / "safe", tmp_path / "r.json", "--shard", text)
    assert code == EXIT_USAGE
    assert "--shard" in capsys.readouterr().err
    assert not (tmp_path / "safe").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["a.mp4", "--shard", "1/2", "-o", "safe"], "takes a report"),
        (["a.mp4", "--resume", "-o", "safe"], "takes a report"),
        (["a.mp4", "--shard", "1/2", "--report", "r.json"], "name it with -o"),
        (["rtsp://h/a", "--shard", "1/2", "--report", "r.json", "-o", "safe/"], "live stream"),
    ],
)
def test_what_shards_need_is_told(
    words: list[str], told: str, tmp_path: Path, monkeypatch: Patch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.mp4").write_bytes(b"some")
    assert main(["anonymize", *words]) == EXIT_USAGE
    assert told in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_other_shards_in_the_folder_must_be_of_the_same_work(
    archive: Path, tmp_path: Path, capsys: Capture
) -> None:
    safe = tmp_path / "safe"
    anonymize(archive, safe, tmp_path / "1.json", "--shard", "1/3")
    other = tmp_path / "2.json"
    capsys.readouterr()
    assert anonymize(archive, safe, other, "--shard", "2/4") == EXIT_USAGE
    assert "3 shards, and this is one of 4" in capsys.readouterr().err
    words = ["--shard", "2/3", "--regions", "people", "--every", "2"]
    assert anonymize(archive, safe, other, *words) == EXIT_USAGE
    said = capsys.readouterr().err
    assert "settings.cover.regions, settings.find.every" in said
    (archive / "one-more.png").write_bytes((archive / "below/0.png").read_bytes())
    assert anonymize(archive, safe, other, "--shard", "2/3") == EXIT_USAGE
    assert "7 files there, 8 here" in capsys.readouterr().err
    assert not other.exists()
    assert not journal_path(other).exists()


@pytest.mark.parametrize("what", ["versions", "models"])
def test_a_worker_of_another_version_is_refused(tmp_path: Path, what: str) -> None:
    folder = OutputFolder.made(tmp_path)
    known = {"settings": {}, "versions": {"passerby": "1"}, "models": {"net": "ab"}}
    join_plan(folder, ShardPlan(2, 3, "ff", known))
    join_plan(folder, ShardPlan(2, 3, "ff", known))
    other = {**known, what: dict.fromkeys(known[what], "other")}
    with pytest.raises(ConfigError, match=rf"have other {what}\."):
        join_plan(folder, ShardPlan(2, 3, "ff", other))


def test_what_lies_in_the_place_of_the_plan_is_not_replaced(
    archive: Path, tmp_path: Path, capsys: Capture
) -> None:
    safe = tmp_path / "safe"
    safe.mkdir()
    (safe / PLAN_FILE).write_text("mine", encoding="utf-8")
    assert anonymize(archive, safe, tmp_path / "1.json", "--shard", "1/2") == EXIT_FAILED
    assert "is not the plan of shards" in capsys.readouterr().err
    assert (safe / PLAN_FILE).read_text(encoding="utf-8") == "mine"


# --- Going on ------------------------------------------------------------------------------


class Stopped(KeyboardInterrupt):
    pass


def stopping_after(count: int, patch: Patch, place: object, name: str, *, before: bool) -> None:
    """Stop a run when a function is called for so many times and once more."""
    kept, calls = getattr(place, name), []

    def stop(*args: Any, **options: Any) -> Any:
        calls.append(1)
        if before and len(calls) > count:
            raise Stopped
        result = kept(*args, **options)
        if not before and len(calls) > count:
            raise Stopped
        return result

    patch.setattr(place, name, stop)


@pytest.mark.parametrize("count", [0, 1, 3, 5])
@pytest.mark.parametrize(
    ("place", "name", "before"),
    [
        (batch.AnonymizationRun, "_copy", True),
        (batch.AnonymizationRun, "_copy", False),  # the copy is whole, and nobody has noted it
        (RunJournal, "add", False),
    ],
    ids=["before", "unnoted", "noted"],
)
def test_a_stopped_run_goes_on(
    archive: Path, tmp_path: Path, count: int, place: type, name: str, before: bool
) -> None:
    anonymize(archive, tmp_path / "one", tmp_path / "one.json")
    safe, report = tmp_path / "safe", tmp_path / "safe.json"
    with pytest.MonkeyPatch.context() as patch:
        stopping_after(count, patch, place, name, before=before)
        with pytest.raises(Stopped):
            raise_through(archive, safe, report)
    noted = journal_path(report).read_text(encoding="utf-8").count('{"item":')
    was = {path: path.stat().st_mtime_ns for path in safe.rglob("*.*")}
    assert anonymize(archive, safe, report, "--resume") == EXIT_FAILED
    assert essence(report) == essence(tmp_path / "one.json")
    kept = [path for path, when in was.items() if path.stat().st_mtime_ns == when]
    failed = sum(item["status"] == "failed" for item in essence(report))
    assert len(kept) in (noted, noted - failed)
    assert not journal_path(report).exists()


def raise_through(archive: Path, safe: Path, report: Path) -> None:
    """What `main` does, without turning the interruption into an exit code."""
    from passerby.cli.anonymize import anonymize_command  # noqa: PLC0415
    from passerby.pipeline.settings import RunSettings  # noqa: PLC0415

    run, write = RunSettings(report=str(report), resume=True), Encoding(codec="ffv1")
    anonymize_command(str(archive), output=str(safe), quiet=True, write=write, run=run)


@pytest.mark.slow
def test_killed_at_any_moment_it_goes_on(archive: Path, tmp_path: Path) -> None:
    anonymize(archive, tmp_path / "one", tmp_path / "one.json", "--regions", "top")
    safe, report = tmp_path / "safe", tmp_path / "safe.json"
    words = ["anonymize", str(archive), "-o", str(safe), "--report", str(report), "--resume"]
    words += ["--codec", "ffv1"]
    words += ["--regions", "top", "--quiet"]
    for delay in (0.4, 0.7, 1.0, 1.3):
        with subprocess.Popen([sys.executable, "-c", PROGRAM, *words]) as process:
            time.sleep(delay)
            os.kill(process.pid, signal.SIGKILL)
    assert subprocess.run([sys.executable, "-c", PROGRAM, *words], check=False).returncode == 1
    assert essence(report) == essence(tmp_path / "one.json")


def test_what_changed_is_done_again(archive: Path, tmp_path: Path, capsys: Capture) -> None:
    safe, report = tmp_path / "safe", tmp_path / "safe.json"
    anonymize(archive, safe, report, "--resume")
    (archive / "broken.jpg").unlink()
    Image.new("RGB", (32, 24), (9, 9, 9)).save(archive / "below/1.png")
    (safe / "below/2.png").write_bytes(b"another")
    first = sha256_of(safe / "below/0.png")
    words = ["anonymize", str(archive), "-o", str(safe), "--report", str(report), "--resume"]
    words += ["--codec", "ffv1"]
    assert main(words) == EXIT_OK
    assert "4 of 6 inputs finished before" in capsys.readouterr().err
    items = {item["output"]["name"]: item for item in essence(report)}
    assert len(items) == 6
    for name, item in items.items():
        path = next(safe.rglob(name))
        assert item["output"]["sha256"] == sha256_of(path)
    assert sha256_of(safe / "below/0.png") == first
    assert (safe / "below/2.png").read_bytes() != b"another"


def test_a_copy_of_somebody_else_is_not_replaced(archive: Path, tmp_path: Path) -> None:
    safe, report = tmp_path / "safe", tmp_path / "safe.json"
    (safe / "below").mkdir(parents=True)
    (safe / "below/0.png").write_bytes(b"mine")
    assert anonymize(archive, safe, report, "--resume") == EXIT_FAILED
    assert (safe / "below/0.png").read_bytes() == b"mine"


def test_a_run_with_other_settings_does_not_go_on(
    archive: Path, tmp_path: Path, capsys: Capture
) -> None:
    safe, report = tmp_path / "safe", tmp_path / "safe.json"
    anonymize(archive, safe, report, "--resume")
    before = report.read_bytes()
    capsys.readouterr()
    assert anonymize(archive, safe, report, "--resume", "--every", "1") == EXIT_USAGE
    assert "other settings.find.every" in capsys.readouterr().err
    assert report.read_bytes() == before
    assert not journal_path(report).exists()


@pytest.mark.parametrize("option", ["--detections", "--edits"])
def test_corrected_boxes_are_not_taken_for_the_old_ones(
    film: Film, bright_people: None, tmp_path: Path, option: str, capsys: Capture
) -> None:
    """The file has the same name, and says something else."""
    clip = film("street.mkv", walking, frames=6)
    text = "1,1,20,10,12,40,0.9\n"
    if option == "--edits":
        text = f'edits = 1\n[source]\nsha256 = "{sha256_of(clip)}"\n'
    given = tmp_path / f"given{'.txt' if option == '--detections' else '.toml'}"
    given.write_text(text, encoding="utf-8")
    safe, report = tmp_path / "safe.mkv", tmp_path / "safe.json"
    assert anonymize(clip, safe, report, "--resume", option, str(given)) == EXIT_OK
    assert anonymize(clip, safe, report, "--resume", option, str(given)) == EXIT_OK
    given.write_text(text + "\n", encoding="utf-8")
    assert anonymize(clip, safe, report, "--resume", option, str(given)) == EXIT_USAGE
    name = "find.detections" if option == "--detections" else "run.edits"
    assert f"other files.{name}" in capsys.readouterr().err


def test_what_is_no_journal_stays_as_it_is(archive: Path, tmp_path: Path, capsys: Capture) -> None:
    report = tmp_path / "safe.json"
    journal_path(report).write_text("[1]\n", encoding="utf-8")
    assert anonymize(archive, tmp_path / "safe", report, "--resume") == EXIT_FAILED
    assert "is not the journal of a run" in capsys.readouterr().err
    assert journal_path(report).read_text(encoding="utf-8") == "[1]\n"


def test_a_shard_that_runs_already_is_told(archive: Path, tmp_path: Path, capsys: Capture) -> None:
    report, known = tmp_path / "1.json", dict.fromkeys(("settings", "versions", "models", "files"))
    with RunJournal(report, known):
        code = anonymize(archive, tmp_path / "safe", report, "--shard", "1/2")
    assert code == EXIT_FAILED
    assert "is being written into by another run" in capsys.readouterr().err


# --- Merging -------------------------------------------------------------------------------


@pytest.fixture
def parts(archive: Path, tmp_path: Path, capsys: Capture) -> list[Path]:
    paths = [tmp_path / f"part-{number}.json" for number in (1, 2, 3)]
    for number, path in enumerate(paths, 1):
        anonymize(archive, tmp_path / "safe", path, "--shard", f"{number}/3")
    capsys.readouterr()
    return paths


def merge(parts: list[Path], capsys: Capture) -> str:
    target = parts[0].with_name("merged.json")
    code = main(["report", "merge", *map(str, parts), "-o", str(target)])
    assert code in (EXIT_USAGE, EXIT_FAILED)
    assert not target.exists()
    return capsys.readouterr().err


def test_shards_that_are_missing_or_twice_are_told(parts: list[Path], capsys: Capture) -> None:
    assert "shards 1, 3 of 3 are missing" in merge(parts[1:2], capsys)
    assert "are both of shard 2" in merge([*parts, parts[1]], capsys)


def test_reports_of_other_work_are_told(
    parts: list[Path], archive: Path, tmp_path: Path, capsys: Capture
) -> None:
    other = tmp_path / "other.json"
    anonymize(archive, tmp_path / "others", other)
    assert "is not of a shard" in merge([*parts, other], capsys)
    anonymize(archive, tmp_path / "yet", tmp_path / "yet.json", "--shard", "1/2")
    assert "another number of shards" in merge([tmp_path / "yet.json", *parts[1:]], capsys)
    told = report_of(parts[1])
    told["versions"]["numpy"] = "0.1"
    parts[1].write_text(json.dumps(told), encoding="utf-8")
    assert "other versions.numpy" in merge(parts, capsys)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"report": 1, "items": [{}]}', "\x00"])
def test_what_is_no_report_is_told(parts: list[Path], text: str, capsys: Capture) -> None:
    parts[1].write_text(text, encoding="utf-8")
    assert "part-2.json is not a report" in merge(parts, capsys)


def test_reports_of_whole_runs_are_put_one_after_the_other(
    film: Film, bright_people: None, tmp_path: Path, capsys: Capture
) -> None:
    for name in ("a", "b"):
        clip = film(f"{name}.mkv", walking, frames=5)
        anonymize(clip, tmp_path / f"safe-{name}.mkv", tmp_path / f"{name}.json")
    words = ["report", "merge", f"{tmp_path}/a.json", f"{tmp_path}/b.json"]
    assert main([*words, "-o", f"{tmp_path}/ab.json"]) == EXIT_OK
    told = report_of(tmp_path / "ab.json")
    assert [Path(item["input"]["name"]).name for item in told["items"]] == ["a.mkv", "b.mkv"]
    assert told["summary"]["frames"] == 10
    assert main([*words[:2], *words[2:3] * 2, "-o", f"{tmp_path}/aa.json"]) == EXIT_USAGE
    assert "is in" in capsys.readouterr().err


def test_the_bases_of_runs_are_compared_in_all_levels() -> None:
    one = {"settings": {"a": {"b": 1, "c": 2}}, "versions": {"x": "1"}}
    other = {"settings": {"a": {"b": 1, "c": 3}}, "versions": {}}
    assert basis.differences(one, other) == ["settings.a.c", "versions.x"]
    assert basis.differences(one, one) == []
