"""Results as files: JSON with everything, Parquet with one row a query."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from passerby.evaluate.reid.results import Result
from passerby.extras import needing
from passerby.files.partial import ANEW, Permit, write_bytes

__all__ = ["check_can_write_parquet", "write_columns", "write_json", "write_parquet"]


def write_json(path: Path, content: Mapping[str, Any], permit: Permit = ANEW) -> None:
    """Write what the ``as_dict`` of a result gives.

    Raises:
        OutputError: If it cannot be written.
    """
    write_bytes(path, json.dumps(content, indent=1, allow_nan=False).encode() + b"\n", permit)


def check_can_write_parquet() -> None:
    """Find out before the work.

    Raises:
        ConfigError: If pyarrow is not installed.
    """
    _pyarrow()


def write_parquet(path: Path, result: Result, permit: Permit = ANEW) -> None:
    """Write the figures of single queries as a table, with the rules as metadata ``passerby``.

    Raises:
        ConfigError: If pyarrow is not installed.
        OutputError: If it cannot be written.
    """
    write_columns(path, result.per_query(), result.as_dict()["protocol"], permit)


def write_columns(
    path: Path,
    columns: Mapping[str, Any],
    settings: Mapping[str, Any],
    permit: Permit = ANEW,
) -> None:
    """Write columns of one length as Parquet, with settings as metadata ``passerby``.

    Args:
        path: The file.
        columns: Numbers or text by the names of columns; NaN and None become null.
        settings: What JSON can hold.
        permit: What may happen to a file that is there.

    Raises:
        ConfigError: If pyarrow is not installed.
        OutputError: If it cannot be written.
    """
    arrow, parquet = _pyarrow()
    table = arrow.table(
        {name: arrow.array(column, from_pandas=True) for name, column in columns.items()}
    ).replace_schema_metadata({"passerby": json.dumps(settings)})
    memory = arrow.BufferOutputStream()
    parquet.write_table(table, memory)
    write_bytes(path, memory.getvalue().to_pybytes(), permit)


def _pyarrow() -> tuple[Any, Any]:
    with needing("evaluate", "Parquet"):
        import pyarrow as pa  # noqa: PLC0415  (an extra)
        from pyarrow import parquet  # noqa: PLC0415
    return pa, parquet
