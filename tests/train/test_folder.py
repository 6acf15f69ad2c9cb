"""What a disk says of a folder is one line."""

from pathlib import Path

import pytest

from passerby.errors import OutputError
from passerby.train.folder import writing_into


def test_errors_of_the_disk_name_the_folder():
    told = r"cannot write into out \(No space left\): free some"
    with pytest.raises(OutputError, match=told), writing_into(Path("out")):
        raise OSError(28, "No space left")


def test_other_errors_pass():
    with pytest.raises(ValueError, match="odd"), writing_into(Path("out")):
        raise ValueError("odd")
