"""Secrets in files that nobody else may read."""

from pathlib import Path

import pytest

from passerby.errors import ConfigError, OutputError
from passerby.files.secret import read_secret, write_secret


def test_a_secret_comes_back(tmp_path: Path) -> None:
    write_secret(tmp_path / "one", "word\n")
    assert read_secret(tmp_path / "one", "token file", 100) == "word"
    assert read_secret(tmp_path / "one", "token file", 3) == "wor"
    with pytest.raises(OutputError, match="exists"):
        write_secret(tmp_path / "one", "other")


def test_what_others_may_read_is_refused(tmp_path: Path) -> None:
    write_secret(tmp_path / "one", "word")
    (tmp_path / "one").chmod(0o640)
    with pytest.raises(ConfigError, match=r"others may read the token file .*one: run `chmod 600`"):
        read_secret(tmp_path / "one", "token file", 100)


def test_what_is_missing_or_a_folder_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(ConfigError, match=r"the token file .* cannot be read .*: look again"):
            read_secret(path, "token file", 100, "look again")
