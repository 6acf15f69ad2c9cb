"""Signatures in files: arrays ``features``, ``ids`` and ``cameras`` in one .npz file of NumPy.

`passerby describe` adds ``paths``, and a ``header`` that says what they were made of and by what.
"""

import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from passerby.errors import InputError
from passerby.files.plain import open_plain, parse_json
from passerby.signatures.origin import Origin
from passerby.signatures.signatures import Features, Signatures

__all__ = ["NAMES_OF_PEOPLE", "read_header", "read_origin", "read_signatures"]

ARRAYS = ("features", "ids", "cameras")
NAMES_OF_PEOPLE = "people"
"""What a header calls the names of the people 1, 2, ..., where they have names."""
LARGE = 1 << 30
"""Features of this many bytes are read from the file part by part whenever they are needed."""
_LOCAL_HEADER = 30
"""Bytes before the names in a zip archive's header of a member."""


def read_signatures(path: Path) -> Signatures:
    """Read signatures; features of a gigabyte and more stay in the file if it is not compressed.

    Raises:
        InputError: If it is missing, is no such file, lacks an array, or the arrays do not fit.
    """
    try:
        with open_plain(path) as file:
            arrays = _arrays(np.load(file, allow_pickle=False), path)
            ids, cameras = arrays["ids"], arrays["cameras"]
            features: Features = _rows_in(path) or arrays["features"]
    except FileNotFoundError:
        raise InputError(f"{path} is missing: check the path") from None
    except InputError:
        raise
    except Exception as error:  # what a damaged archive raises is in no list
        raise InputError(f"{path} is damaged or not an .npz file: {_WANTED}") from error
    try:
        return Signatures(features, ids, cameras)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _arrays(found: object, path: Path) -> Mapping[str, npt.NDArray[Any]]:
    """Make sure that a file of NumPy holds what is needed."""
    if not isinstance(found, np.lib.npyio.NpzFile):
        raise InputError(f"{path} holds one array: {_WANTED}")
    missing = [name for name in ARRAYS if name not in found.files]
    if missing:
        raise InputError(f"{path} has no array {missing[0]!r}: {_WANTED}")
    return found


def read_header(path: Path) -> dict[str, Any]:
    """Read what a file of signatures says of them; nothing where it has no header.

    Raises:
        InputError: If the file cannot be read, or its header is none.
    """
    try:
        with open_plain(path) as file, np.load(file, allow_pickle=False) as arrays:
            header = parse_json(str(arrays["header"])) if "header" in arrays.files else {}
            return dict(header)
    except FileNotFoundError:
        raise InputError(f"{path} is missing: check the path") from None
    except Exception as error:  # what a damaged archive raises is in no list
        raise InputError(
            f"{path} is damaged or not an .npz file: describe the images again"
        ) from error


def read_origin(path: Path) -> Origin:
    """Read where signatures come from, as far as their file says it.

    Raises:
        InputError: If the file cannot be read, or its header is none.
    """
    header = read_header(path)
    return Origin(**{name: header[name] for name in Origin.__slots__ if name in header})


_WANTED = "write numpy.savez(path, features=..., ids=..., cameras=...)"


@dataclass(frozen=True, slots=True)
class _RowsInFile:
    """Rows of numbers that lie one after the other in a file."""

    path: Path
    start: int
    shape: tuple[int, int]
    dtype: np.dtype[Any]

    def __getitem__(self, rows: slice) -> npt.NDArray[Any]:
        first, last, _ = rows.indices(self.shape[0])
        count = max(last - first, 0) * self.shape[1]
        offset = self.start + first * self.shape[1] * self.dtype.itemsize
        read = np.fromfile(self.path, self.dtype, count, offset=offset)
        if read.size != count:
            raise InputError(f"{self.path} became shorter while it was read: write it again")
        return read.reshape(-1, self.shape[1])


def _rows_in(path: Path) -> _RowsInFile | None:
    """The features where they lie; None if they are small, compressed or stored by columns."""
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo("features.npy")
        if member.file_size < LARGE or member.compress_type != zipfile.ZIP_STORED:
            return None
        with archive.open(member) as content:
            version = np.lib.format.read_magic(content)
            read = {(1, 0): np.lib.format.read_array_header_1_0}.get(
                version, np.lib.format.read_array_header_2_0
            )
            shape, by_columns, dtype = read(content)
            header = content.tell()
    if by_columns or len(shape) != 2 or prod(shape) == 0 or dtype.hasobject:
        return None
    with path.open("rb") as file:
        file.seek(member.header_offset)
        lengths = struct.unpack("<HH", file.read(_LOCAL_HEADER)[26:])
    start = member.header_offset + _LOCAL_HEADER + sum(lengths) + header
    return _RowsInFile(path, start, (shape[0], shape[1]), dtype)
