"""Films behind the first, which players do not show, are not left out without a word."""

from pathlib import Path

import pytest

from passerby.sources import open_source

KINDS = {
    "a.mp4": {},
    "a.mov": {},
    "a.flv": {"codec": "flv"},
    "a.wmv": {"codec": "wmv2"},
}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("number", [1, 2, 3])
def test_what_is_not_read_is_told(make_video, tmp_path: Path, name: str, number: int) -> None:
    one = make_video(name, **KINDS[name])
    path = tmp_path / f"all{one.suffix}"
    path.write_bytes(one.read_bytes() * number)
    with open_source(path) as source:
        frames = len(list(source))
        told = [note for note in source.medium.notes if "joined to the first" in note]
    assert frames == 8
    assert len(told) == (number > 1)
    if told:
        assert told[0].startswith("1 film " if number == 2 else "2 films ")
