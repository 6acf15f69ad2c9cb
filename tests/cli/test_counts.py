"""Hours of a day on which the clocks change."""

from collections.abc import Callable
from pathlib import Path

import pytest

from passerby.cli import main
from passerby.cli.exit_codes import EXIT_OK
from passerby.site.counting import ENTER
from passerby.site.settings import read_site
from passerby.site.site_store import make_site_store
from passerby.store.retention import COUNT_PURPOSE, set_retention
from passerby.store.site_key import KEY_VARIABLE, SiteKey, read_site_key
from passerby.store.store import open_store
from passerby.store.times import microseconds
from passerby.store.write_batch import WriteBatch

SITE = """
time_zone = "Europe/Berlin"

[[cameras]]
name = "hall"
source = "hall.mp4"
purpose = "counting"
"""


@pytest.fixture
def counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """A site before which somebody came in at times of UTC."""

    def make(*times: str) -> Path:
        monkeypatch.setenv(KEY_VARIABLE, SiteKey.new().text)
        file = tmp_path / "site.toml"
        file.write_text(SITE)
        site = read_site(file)
        make_site_store(site)
        batch = WriteBatch()
        for time in times:
            batch.count("hall", "", ENTER, microseconds(time))
        with open_store(site.store.address, read_site_key(), run=True) as store:
            set_retention(store, "hall", COUNT_PURPOSE, 10**9, "test")
            store.add(batch)
        return file

    return make


@pytest.mark.parametrize(
    ("times", "hours"),
    [
        (
            ["2026-10-24T23:30Z", "2026-10-25T00:30Z", "2026-10-25T01:30Z", "2026-10-25T02:30Z"],
            ["01:00 CEST", "02:00 CEST", "02:00 CET", "03:00 CET"],
        ),
        (["2026-03-29T00:30Z", "2026-03-29T01:30Z"], ["01:00 CET", "03:00 CEST"]),
    ],
    ids=["put back", "put forward"],
)
def test_no_hour_is_lost_doubled_or_mistaken_when_clocks_change(
    counted: Callable[..., Path],
    capsys: pytest.CaptureFixture[str],
    times: list[str],
    hours: list[str],
) -> None:
    file = counted(*times)
    assert main(["counts", str(file)]) == EXIT_OK
    lines = [line for line in capsys.readouterr().out.splitlines() if "hall" in line]
    rows = [[cell.strip() for cell in line.split("\u2502")[1:-1]] for line in lines]
    assert [row[0].split(maxsplit=1)[1] for row in rows] == hours
    assert [row[3] for row in rows] == ["1"] * len(hours)
