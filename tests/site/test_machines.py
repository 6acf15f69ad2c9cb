"""A whole site on two machines: one films, the other one holds the store."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest
from tests.store.conftest import server as server  # noqa: PLC0414  (a fixture)

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE
from passerby.site.counting import ENTER
from passerby.site.demo import film_site
from passerby.site.run import run_site
from passerby.site.settings import SiteSettings, read_site
from passerby.site.site_store import make_site_store, open_site_store
from passerby.site.supervisor import CameraState, SitePart
from passerby.store.audit import verify_audit
from passerby.store.machines import admit_machine
from passerby.store.reading import stored_counts, stored_snippets, stored_tracks
from passerby.store.site_key import KEY_VARIABLE, SiteKey
from postgres_server import Server

SITE = """
[[cameras]]
name = "hall"
source = "hall.mp4"
[cameras.cover]
regions = ["frame"]

[store]
"""


class _Enough(Exception):  # noqa: N818
    """The other machine has ended."""


@pytest.fixture
def role(server: Server) -> Iterator[str]:
    """Address of a machine that may be let in."""
    server.empty()
    yield server.address.replace("passerby@", "yard@")
    with psycopg.connect(server.address, autocommit=True) as connection:
        if connection.execute("SELECT FROM pg_roles WHERE rolname = 'yard'").rowcount:
            connection.execute("DROP OWNED BY yard")
            connection.execute("DROP ROLE yard")


@pytest.mark.slow  # it films people, and runs a site
def test_people_whom_one_machine_sees_are_in_the_store_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Server, role: str
) -> None:
    monkeypatch.setattr("passerby.site.demo.SECONDS", 5.0)
    monkeypatch.setattr("passerby.site.demo.PEOPLE", 5)
    file = film_site(tmp_path, 2, 1, lambda: None)
    away = tmp_path / "away.toml"
    text, store = file.read_text(), 'address = "site.sqlite"'
    assert store in text
    file.write_text(text.replace(store, f'address = "{server.address}"\nkeys = "site.keys"'))
    site = read_site(file)
    make_site_store(site)
    with open_site_store(site) as opened:
        admit_machine(opened, "yard", ["camera-1"], "test")
        public = opened.site_key.public.hex()
    # The other machine has no key of the site, and no keys of tracks.
    keyless = "\n".join(line for line in text.splitlines() if "site_key" not in line)
    away.write_text(keyless.replace(store, f'public_key = "{public}"\noutbox = "outbox"'))
    began, ended, notes = Event(), Event(), list[str]()

    def hold_the_store() -> None:
        def advance(_states: Mapping[str, CameraState]) -> None:
            began.set()
            if ended.is_set():
                raise _Enough

        with pytest.raises(_Enough):
            run_site(site, notes.append, advance, part=SitePart(()))

    holding = Thread(target=hold_the_store)
    holding.start()
    assert began.wait(60)
    try:
        words = ["run", str(away), "--cameras", "camera-1", "--store", role, "--json"]
        assert main(words) == EXIT_OK
        assert not list((tmp_path / "outbox").glob("*.sealed"))
    finally:
        ended.set()
        holding.join()
    assert [one for one in notes if "not stored" in one] == []
    with open_site_store(site) as opened:
        tracks = stored_tracks(opened)
        snippets = [one for track in tracks for one in stored_snippets(opened, track.number)]
        counts = stored_counts(opened, since=0, until=1 << 62)
        verify_audit(opened)
    assert {one.camera for one in tracks} == {"camera-1"}
    assert not any(one.live for one in tracks)
    assert len(snippets) >= len(tracks) > 0
    assert sum(one[-1] for one in counts if one[2] == ENTER) == len(tracks)


@pytest.fixture
def site(
    tmp_path: Path,
    make_video: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    server: Server,
    role: str,
) -> SiteSettings:
    make_video("hall.mp4", frames=5)
    monkeypatch.setenv(KEY_VARIABLE, SiteKey.new().text)
    (tmp_path / "site.toml").write_text(
        SITE + f'address = "{server.address}"\nkeys = "site.keys"\n'
    )
    return read_site(tmp_path / "site.toml")


def test_what_does_not_fit_is_told_in_one_line(
    site: SiteSettings, tmp_path: Path, role: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run = ["run", str(tmp_path / "site.toml")]
    for words, line in (
        (["--cameras", "hall,yard"], "there is no camera 'yard'"),
        (["--cameras", "hall", "--no-cameras"], "give one of them"),
        (["--no-cameras", "--store", role], "without a store and without cameras"),
    ):
        assert main([*run, *words]) == EXIT_USAGE
        assert line in capsys.readouterr().err
    assert main([*run, "--store", role]) == EXIT_FAILED
    assert "write what `passerby store admit` printed" in capsys.readouterr().err


def test_a_machine_is_let_in_listed_and_dismissed(
    site: SiteSettings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_site_store(site)
    options = ["--store", site.store.address, "--track-keys", str(site.store.keys_file)]
    admit = ["store", "admit", "yard", "--cameras", "hall, door", "--by", "Ms Oda"]
    assert main([*admit, *options]) == EXIT_OK
    said = capsys.readouterr().out
    with open_site_store(site) as store:
        assert f'public_key = "{store.site_key.public.hex()}"' in said
    assert main(["store", "machines", *options]) == EXIT_OK
    assert "door, hall" in capsys.readouterr().out
    assert main(["store", "dismiss", "yard", "--by", "Ms Oda", *options]) == EXIT_OK
    assert main(["store", "machines", *options]) == EXIT_OK
    assert "hall" not in capsys.readouterr().out


def test_a_camera_that_another_machine_watches_is_not_watched_twice(
    site: SiteSettings, role: str
) -> None:
    make_site_store(site)
    with open_site_store(site) as store, store.database.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO camera_lease VALUES ('hall', 'yard', 1, 9223372036854775807)"
        )
    notes: list[str] = []
    with pytest.raises(Exception, match="did not begin"):
        run_site(site, notes.append)
    assert notes == ["the store: hall is watched by machine yard: stop it there first"]
