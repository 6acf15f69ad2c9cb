"""What a site file may say."""

from pathlib import Path

import pytest

from passerby.errors import ConfigError
from passerby.site.settings import SiteSettings, read_site

TWO = """
[[cameras]]
name = "hall"
source = "hall.mp4"

[[cameras]]
name = "stairs"
source = "rtsp://camera/main"
purpose = "counting"
retention_days = 0.5

[[neighbours]]
cameras = ["hall", "stairs"]
travel_seconds = [4, 20]
"""


def site(tmp_path: Path, text: str) -> SiteSettings:
    file = tmp_path / "site.toml"
    file.write_text(text)
    return read_site(file)


def test_paths_are_relative_to_the_site_file_and_addresses_are_kept(tmp_path: Path) -> None:
    read = site(tmp_path, TWO + '[store]\nkeys = "away/site.keys"\n')
    assert [one.source for one in read.cameras] == [
        str(tmp_path / "hall.mp4"),
        "rtsp://camera/main",
    ]
    assert read.store.address == str(tmp_path / "site.sqlite")
    assert read.store.keys_file == tmp_path / "away/site.keys"
    assert read.store.key_file is None


def test_files_of_the_store_are_relative_to_the_site_file_too(tmp_path: Path) -> None:
    read = site(tmp_path, TWO + '[store]\nsite_key = "a.key"\nheads = "log/heads"\n')
    assert read.store.key_file == tmp_path / "a.key"
    assert read.store.heads_folder == tmp_path / "log/heads"


def test_a_store_in_postgresql_keeps_its_address(tmp_path: Path) -> None:
    read = site(tmp_path, TWO + '[store]\naddress = "postgresql://host/site"\nkeys = "k"\n')
    assert read.store.address == "postgresql://host/site"


def test_neighbours_are_the_graph(tmp_path: Path) -> None:
    graph = site(tmp_path, TWO).graph
    assert graph.cameras == ("hall", "stairs")
    assert graph.travel("stairs", "hall") == (4, 20)


def test_retention_is_by_camera_and_then_by_site(tmp_path: Path) -> None:
    read = site(tmp_path, "retention_days = 2\n" + TWO)
    assert [read.retention_seconds(one) for one in read.cameras] == [172_800, 43_200]
    assert read.counts_seconds == 365 * 86_400


def test_a_camera_may_change_single_keys(tmp_path: Path) -> None:
    text = TWO.replace(
        'purpose = "counting"', 'purpose = "counting"\ncover = { operator = "pixelate" }'
    )
    read = site(tmp_path, text + '[cover]\nregions = ["people"]\noperator = "median"\n')
    hall, stairs = (read.settings_of(one).cover for one in read.cameras)
    assert (hall.operator, stairs.operator) == ("median", "pixelate")
    assert hall.regions == stairs.regions == ("people",)


def test_what_was_seen_is_stored_soon(tmp_path: Path) -> None:
    read = site(tmp_path, TWO)
    assert read.settings_of(read.cameras[0]).time.lookahead == 0.5
    later = site(tmp_path, TWO + "[time]\nlookahead = 1\n")
    assert later.settings_of(later.cameras[0]).time.lookahead == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "cameras"),
        ("retention = 3\n" + TWO, "retention"),
        (TWO.replace("retention_days", "retention"), "cameras.1.retention"),
        (TWO.replace('purpose = "counting"', 'purpose = "fun"'), "purpose"),
        (TWO.replace('"stairs"]', '"roof"]'), "'roof' is a neighbour"),
        (TWO.replace("[4, 20]", "[20, 4]"), "comes first"),
        (TWO.replace('name = "stairs"', 'name = "hall"'), "twice"),
        (TWO.replace('name = "stairs"', 'name = "../up"'), "cameras.1.name"),
        (TWO + '[cover]\noperater = "median"\n', "did you mean cover.operator"),
        (TWO + '[cover]\noperator = "paint"\n', "paint"),
        (TWO + '[find]\ndetections = "boxes.txt"\n', "find.detections"),
        ('time_zone = "Mars/North"\n' + TWO, "Mars/North"),
        ('time_zone = "../../etc/passwd"\n' + TWO, "time zone"),
        ("retention_days = 0\n" + TWO, "retention_days"),
        ("watchdog_seconds = nan\n" + TWO, "watchdog_seconds"),
        (TWO.replace("retention_days = 0.5", "begins = 2026-05-01T08:00:00"), "without a zone"),
    ],
)
def test_what_does_not_fit_is_told_in_one_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        site(tmp_path, text)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_camera_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="hall, stairs"):
        site(tmp_path, TWO).camera("roof")
