"""JSON and Parquet hold what the result holds."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from passerby.errors import ConfigError, OutputError
from passerby.evaluate.reid.evaluation import evaluate
from passerby.evaluate.reid.result_files import (
    check_can_write_parquet,
    write_json,
    write_parquet,
)
from passerby.evaluate.reid.results import Result
from passerby.signatures.signatures import Signatures


@pytest.fixture
def result(people: Callable[..., tuple[Signatures, Signatures]]) -> Result:
    query, gallery = people()
    return evaluate(replace(query, ids=np.append(query.ids[:-1], 99)), gallery)


def test_json_comes_back(result: Result, tmp_path: Path) -> None:
    write_json(tmp_path / "deep" / "out.json", result.as_dict())
    content = json.loads((tmp_path / "deep" / "out.json").read_text(encoding="utf-8"))
    assert content["mAP"] == result.mean_average_precision
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["out.json"]


def test_parquet_has_a_row_a_query_and_carries_the_protocol(result: Result, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    write_parquet(tmp_path / "out.parquet", result)
    table = parquet.read_table(tmp_path / "out.parquet")
    assert table.column_names == list(result.per_query())
    assert table["AP"].null_count == 1
    found = table["AP"].to_numpy(zero_copy_only=False)
    np.testing.assert_array_equal(found, result.average_precision)
    told = json.loads(table.schema.metadata[b"passerby"])
    assert told["distance"] == "cosine"


def test_without_pyarrow_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ConfigError, match=r"pip install 'passerby\[evaluate\]'"):
        check_can_write_parquet()


def test_what_cannot_be_written_leaves_nothing(result: Result, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be made"):
        write_json(tmp_path / "file" / "out.json", result.as_dict())
