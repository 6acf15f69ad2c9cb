"""``passerby store``, ``erase``, ``export`` and ``audit`` from the command line."""

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import text
from tests.store.conftest import NOON, ORIGIN, frame, vector

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE
from passerby.store import clock, export
from passerby.store.identities import link_tracks
from passerby.store.reading import stored_snippets, stored_tracks
from passerby.store.retention import set_retention
from passerby.store.site_key import read_site_key
from passerby.store.store import open_store
from passerby.store.write_batch import WriteBatch

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A store of three tracks, two of them of one person, made on the command line."""
    monkeypatch.delenv("PASSERBY_SITE_KEY", raising=False)
    monkeypatch.setenv("USER", "oda")
    key, path = tmp_path / "site.key", tmp_path / "site.sqlite"
    options = ["--store", str(path), "--site-key", str(key)]
    assert main(["store", "key", str(key)]) == EXIT_OK
    assert main(["store", "new", *options]) == EXIT_OK
    with open_store(str(path), read_site_key(key), run=True) as store:
        set_retention(store, "hall", "follow", 3600, "a test")
        tracks = []
        for number in range(3):
            batch = WriteBatch()
            tracks.append(batch.begin_track("hall", NOON + number, "follow"))
            batch.add_snippet(tracks[-1], NOON + number, frame(number), 1)
            batch.add_signature(tracks[-1], NOON, vector(), frame(number), ORIGIN, 1)
            batch.end_track(tracks[-1], NOON + number)
            store.add(batch)
        (person,) = link_tracks(store, [(tracks[0], None, 1)], "matcher")
        link_tracks(store, [(tracks[1], person, 0.9)], "matcher")
        jpeg = stored_snippets(store, tracks[0])[0].jpeg

    def left() -> list[int]:
        with open_store(str(path), read_site_key(key)) as store:
            return [one.number for one in stored_tracks(store)]

    return SimpleNamespace(
        path=path, key=key, options=options, tracks=tracks, person=person, jpeg=jpeg, left=left
    )


def test_nobody_else_reads_what_was_made(site: SimpleNamespace) -> None:
    for path in (site.key, site.path, site.path.with_suffix(".keys")):
        assert path.stat().st_mode & 0o077 == 0


def test_a_person_is_erased(site: SimpleNamespace, capsys: Capture) -> None:
    words = ["erase", "--person", str(site.person), "--why", "request 13", *site.options]
    assert main(words) == EXIT_OK
    assert "2 tracks erased" in capsys.readouterr().out
    assert site.left() == site.tracks[2:]
    assert main(["audit", "list", "--json", *site.options]) == EXIT_OK
    entry = json.loads(capsys.readouterr().out)[-1]
    assert (entry["who"], entry["what"], entry["purpose"]) == ("oda", "erase", "request 13")


def test_tracks_are_erased_by_number_and_by_time(site: SimpleNamespace) -> None:
    track = str(site.tracks[2])
    assert main(["erase", "--track", track, "--why", "a", *site.options]) == EXIT_OK
    assert site.left() == site.tracks[:2]
    words = ["erase", "--before", "2025-01-15T08:00:00.000001+00:00", "--why", "b", *site.options]
    assert main(words) == EXIT_OK
    assert site.left() == site.tracks[1:2]
    assert main(["erase", *site.options]) == EXIT_OK  # nothing is pending


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["erase", "--track", "5"], EXIT_USAGE, "give --why"),
        (["erase", "--track", "5", "--why", "x"], EXIT_FAILED, "there is no track 5"),
        (["erase", "--person", "9", "--why", "x"], EXIT_USAGE, "no track is linked to person 9"),
        (["erase", "--before", "monday", "--why", "x"], EXIT_USAGE, "'monday' is not a time"),
        (["export", "--purpose", "x", "-o", "e"], EXIT_FAILED, "nothing to export"),
        (["store", "hold", "--officer", "", "--reason", "x"], EXIT_USAGE, "name of an officer"),
        (["store", "hold", "--officer", "x", "--reason", "x"], EXIT_USAGE, "no track is named"),
        (["store", "lift", "3", "--officer", "Ms Oda"], EXIT_FAILED, "there is no hold 3"),
        (["store", "new"], EXIT_FAILED, "there is a store"),
        (["audit", "verify", "--head", "none.json"], EXIT_USAGE, "none.json cannot be read"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(
    site: SimpleNamespace, words: list[str], code: int, said: str, capsys: Capture
) -> None:
    assert main([*words, *site.options]) == code
    assert said in capsys.readouterr().err
    assert site.left() == site.tracks


def test_whoever_has_no_name_gives_one(
    site: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.delenv("USER")
    words = ["erase", "--track", str(site.tracks[0]), "--why", "x", *site.options]
    assert main(words) == EXIT_USAGE
    assert "--by" in capsys.readouterr().err
    assert main([*words, "--by", "Mr Diaz"]) == EXIT_OK


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda site: site.key.unlink(), "cannot be read"),
        (lambda site: site.key.write_text("abc"), "does not hold a site's key"),
        (lambda site: site.key.write_text("0" * 64), "the site's key does not fit"),
        (lambda site: site.key.chmod(0o644), "others may read the key file"),
    ],
    ids=["missing", "no key", "another", "open"],
)
def test_a_key_that_does_not_open_it(
    site: SimpleNamespace, spoil: Callable[..., object], said: str, capsys: Capture
) -> None:
    spoil(site)
    assert main(["store", "status", *site.options]) == EXIT_USAGE
    assert said in capsys.readouterr().err


def test_the_key_may_be_in_the_environment(
    site: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    words = ["audit", "verify", "--store", str(site.path)]
    assert main(words) == EXIT_USAGE
    assert "set PASSERBY_SITE_KEY or name a key file" in capsys.readouterr().err
    monkeypatch.setenv("PASSERBY_SITE_KEY", site.key.read_text())
    assert main(words) == EXIT_OK


def test_holds_are_placed_listed_and_lifted(site: SimpleNamespace, capsys: Capture) -> None:
    words = ["--person", str(site.person), "--officer", "Ms Oda", "--reason", "case 7"]
    assert main(["store", "hold", *words, *site.options]) == EXIT_OK
    assert main(["store", "holds", "--json", *site.options]) == EXIT_OK
    out = capsys.readouterr().out
    listed = json.loads(out[out.index("[") :])
    assert [one["track"] for one in listed] == site.tracks[:2]
    assert main(["store", "sweep", *site.options]) == EXIT_OK
    assert site.left() == site.tracks[:2]  # all were kept for too long
    for number in (1, 2):
        assert main(["store", "lift", str(number), "--officer", "Ms Oda", *site.options]) == EXIT_OK
    assert main(["store", "sweep", *site.options]) == EXIT_OK
    assert site.left() == []
    assert main(["store", "holds", "--lifted", *site.options]) == EXIT_OK
    assert "case 7" in capsys.readouterr().out


def test_a_clock_that_jumped_is_told_until_an_officer_confirms_it(
    site: SimpleNamespace, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["store", "sweep", *site.options]) == EXIT_OK
    true = clock.read_clock()
    wrong = true._replace(at=true.at + 3_600_000_000)
    monkeypatch.setattr(clock, "read_clock", lambda: wrong)
    assert main(["store", "sweep", *site.options]) == EXIT_FAILED
    assert "confirm it with `passerby store confirm-clock`" in capsys.readouterr().err
    assert main(["store", "status", *site.options]) == EXIT_FAILED
    assert "60 minutes ahead" in capsys.readouterr().err
    words = ["--officer", "Ms Oda", "--reason", "it was set by hand"]
    assert main(["store", "confirm-clock", *words, *site.options]) == EXIT_OK
    assert main(["store", "sweep", *site.options]) == EXIT_OK


def test_the_status_shows_alarms_until_a_sweep(site: SimpleNamespace, capsys: Capture) -> None:
    assert main(["store", "status", *site.options]) == EXIT_FAILED
    said = capsys.readouterr()
    assert "overdue: 3" in said.out
    assert "no sweep has ever finished" in said.err
    assert main(["store", "sweep", *site.options]) == EXIT_OK
    assert main(["store", "status", "--json", *site.options]) == EXIT_OK
    out = capsys.readouterr().out
    status = json.loads(out[out.index("{") :])
    assert status["alarms"] == []
    assert status["retention"] == [{"camera": "hall", "purpose": "follow", "seconds": 3600}]


@pytest.mark.parametrize("name", ["case.zip", "case"])
def test_what_is_kept_of_a_person_is_exported(
    site: SimpleNamespace, tmp_path: Path, name: str, capsys: Capture
) -> None:
    target = tmp_path / name
    words = ["export", "--person", str(site.person), "--purpose", "request 13", "-o", str(target)]
    assert main([*words, *site.options]) == EXIT_OK
    assert "2 pictures of 2 tracks, read back and compared" in capsys.readouterr().out
    if name.endswith(".zip"):
        with zipfile.ZipFile(target) as archive:
            files = {one: archive.read(one) for one in archive.namelist()}
    else:
        files = {
            path.relative_to(target).as_posix(): path.read_bytes()
            for path in target.rglob("*")
            if path.is_file()
        }
    manifest = json.loads(files.pop("manifest.json"))
    assert manifest["purpose"] == "request 13"
    assert [one["track"] for one in manifest["tracks"]] == site.tracks[:2]
    first = manifest["tracks"][0]
    assert (first["began"], first["camera"]) == ("2025-01-15T08:00:00.000Z", "hall")
    assert first["signatures"] == {"small": 1}
    assert first["links"][0]["person"] == site.person
    pictures = [one for track in manifest["tracks"] for one in track["pictures"]]
    clip = manifest["clip"]
    assert {*(one["file"] for one in pictures), clip["file"]} == set(files)
    assert hashlib.sha256(files[clip["file"]]).hexdigest() == clip["sha256"]
    assert [one["file"] for one in clip["pictures"]] == [one["file"] for one in pictures]
    for one in pictures:
        assert hashlib.sha256(files[one["file"]]).hexdigest() == one["sha256"]
    assert files[first["pictures"][0]["file"]] == site.jpeg
    main(["audit", "list", "--json", *site.options])
    assert json.loads(capsys.readouterr().out)[-1]["what"] == "export"
    again = main([*words, *site.options])
    assert again == EXIT_FAILED  # nothing is replaced


@pytest.mark.parametrize("name", ["case.zip", "case"])
def test_an_export_that_was_not_written_as_meant_is_none(
    site: SimpleNamespace,
    tmp_path: Path,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    original = export._compare

    def compare(target: Path, files: dict[str, bytes], found: object) -> None:
        damaged = {one: content[:-1] for one, content in dict(found).items()}  # type: ignore[call-overload]
        original(target, files, iter(damaged.items()))

    monkeypatch.setattr(export, "_compare", compare)
    target = tmp_path / name
    words = ["export", "--track", str(site.tracks[0]), "--purpose", "x", "-o", str(target)]
    assert main([*words, *site.options]) == EXIT_FAILED
    assert "not read back as it was written" in capsys.readouterr().err
    assert not target.exists()


def test_the_log_is_verified_with_a_head_from_elsewhere(
    site: SimpleNamespace, tmp_path: Path, capsys: Capture
) -> None:
    assert main(["store", "sweep", *site.options]) == EXIT_OK
    capsys.readouterr()
    assert main(["audit", "head", *site.options]) == EXIT_OK
    head = tmp_path / "head.json"
    head.write_text(capsys.readouterr().out)
    verify = ["audit", "verify", "--head", str(head), *site.options]
    assert main(verify) == EXIT_OK
    assert "and 1 exported head fits" in capsys.readouterr().out
    with (
        open_store(str(site.path), read_site_key(site.key)) as store,
        store.database.writing() as connection,
    ):
        connection.execute(text("DELETE FROM audit WHERE n = (SELECT max(n) FROM audit)"))
    assert main(["audit", "verify", *site.options]) == EXIT_OK  # nothing tells
    assert main(verify) == EXIT_FAILED
    assert "its end was cut off" in capsys.readouterr().err
    head.write_text("{}")
    assert main(verify) == EXIT_USAGE
    assert "is not the head of an audit log" in capsys.readouterr().err


def test_without_the_extra_it_is_said_what_to_install() -> None:
    code = """
import sys
sys.modules["sqlalchemy"] = None
from passerby.cli import main
sys.exit(main(["audit", "head", "--store", "x"]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=os.environ
    )
    assert done.returncode == EXIT_USAGE
    assert re.search(r"a store needs sqlalchemy: run `pip install 'passerby\[site\]'`", done.stderr)


def test_somebody_says_who_is_who_and_takes_it_back(site: SimpleNamespace, capsys: Capture) -> None:
    first, second, third = map(str, site.tracks)
    person = str(site.person)

    def persons() -> dict[str, set[int]]:
        capsys.readouterr()
        assert main(["persons", "list", "--json", *site.options]) == EXIT_OK
        links = json.loads(capsys.readouterr().out)
        found: dict[str, set[int]] = {}
        for one in links:
            if one["state"] in ("linked", "confirmed"):
                found.setdefault(str(one["track"]), set()).add(one["person"])
        return found

    before = persons()
    assert before[first] == before[second]
    assert main(["persons", "confirm", third, person, *site.options]) == EXIT_OK
    assert persons()[third] == {site.person}
    assert main(["persons", "reject", second, person, *site.options]) == EXIT_OK
    assert persons()[second] != {site.person}
    assert main(["persons", "split", person, third, *site.options]) == EXIT_OK
    (split,) = persons()[third]
    assert split != site.person
    assert main(["persons", "merge", person, str(split), *site.options]) == EXIT_OK
    assert persons()[third] == {site.person}
    assert main(["persons", "history", "--json", *site.options]) == EXIT_OK
    last = json.loads(capsys.readouterr().out)[-1]
    assert (last["kind"], last["who"]) == ("merge", "oda")
    assert main(["persons", "undo", str(last["number"]), *site.options]) == EXIT_OK
    assert persons()[third] == {split}
    assert main(["persons", "history", *site.options]) == EXIT_OK
    assert main(["persons", "list", "--person", person, *site.options]) == EXIT_OK
    assert main(["persons", "undo", "99", *site.options]) == EXIT_FAILED
    assert "no change 99" in capsys.readouterr().err
