"""What may be written to, and where it lies."""

from pathlib import Path

import pytest

from passerby.errors import OutputError
from passerby.files.partial import write_text
from passerby.files.permit import Permit


@pytest.mark.parametrize("becomes", ["a link", "another folder"])
def test_what_takes_the_name_of_a_folder_is_not_written_into(becomes: str, tmp_path: Path) -> None:
    ours, other = tmp_path / "ours", tmp_path / "other"
    ours.mkdir()
    other.mkdir()
    (other / "r.json").write_text("precious")
    permit = Permit(overwrite=True).beside(ours / "r.json")
    ours.rename(tmp_path / "moved")
    if becomes == "a link":
        ours.symlink_to(other)
    else:
        other.rename(ours)
    with pytest.raises(OutputError, match="ours was replaced by another folder during the run"):
        write_text(ours / "r.json", "{}", permit)
    assert (ours / "r.json").read_text() == "precious"


def test_a_folder_may_be_reached_by_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    write_text(tmp_path / "link" / "r.json", "{}", Permit().beside(tmp_path / "link" / "r.json"))
    assert (tmp_path / "real" / "r.json").read_text() == "{}"
