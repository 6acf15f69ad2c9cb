"""Files of signatures, good and bad."""

import json
from pathlib import Path

import numpy as np
import pytest

from passerby.errors import InputError
from passerby.evaluate.reid.evaluation import evaluate
from passerby.evaluate.reid.protocol import Protocol
from passerby.signatures import reader
from passerby.signatures.origin import Origin
from passerby.signatures.reader import read_header, read_origin, read_signatures

RANDOM = np.random.default_rng(0)
ARRAYS = {
    "features": RANDOM.integers(-3, 4, (30, 7)).astype(np.float32),
    "ids": np.arange(30) % 5,
    "cameras": np.arange(30) % 3,
}


@pytest.fixture
def stays_in_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "LARGE", 1)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_arrays_are_read(save: object, tmp_path: Path) -> None:
    save(tmp_path / "a.npz", **ARRAYS)  # type: ignore[operator]
    found = read_signatures(tmp_path / "a.npz")
    np.testing.assert_array_equal(found.features[slice(None)], ARRAYS["features"])
    np.testing.assert_array_equal(found.ids, ARRAYS["ids"])
    np.testing.assert_array_equal(found.cameras, ARRAYS["cameras"])


@pytest.mark.usefixtures("stays_in_the_file")
@pytest.mark.parametrize("dtype", [np.float16, np.float32, ">f8"])
def test_large_features_are_read_part_by_part(dtype: str, tmp_path: Path) -> None:
    features = ARRAYS["features"].astype(dtype)
    np.savez(tmp_path / "a.npz", **{**ARRAYS, "features": features})
    found = read_signatures(tmp_path / "a.npz").features
    assert not isinstance(found, np.ndarray)
    assert (found.shape, found.dtype) == ((30, 7), np.dtype(dtype))
    np.testing.assert_array_equal(found[slice(4, 9)], features[4:9])
    np.testing.assert_array_equal(found[slice(25, 99)], features[25:])


@pytest.mark.usefixtures("stays_in_the_file")
def test_figures_are_the_same_from_a_file(tmp_path: Path) -> None:
    np.savez(tmp_path / "file.npz", **ARRAYS)
    np.savez_compressed(tmp_path / "memory.npz", **ARRAYS)
    file, memory = (read_signatures(tmp_path / f"{name}.npz") for name in ("file", "memory"))
    assert isinstance(memory.features, np.ndarray)
    protocol = Protocol(distance="squared_euclidean")
    one, other = evaluate(file, file, protocol), evaluate(memory, memory, protocol)
    np.testing.assert_array_equal(one.average_precision, other.average_precision)
    assert one.data == other.data


@pytest.mark.usefixtures("stays_in_the_file")
@pytest.mark.parametrize(
    "features", [np.asfortranarray(ARRAYS["features"]), ARRAYS["features"][:, :0]]
)
def test_what_cannot_be_read_by_rows_is_read_at_once(features: np.ndarray, tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", **{**ARRAYS, "features": features})
    if features.size:
        assert isinstance(read_signatures(tmp_path / "a.npz").features, np.ndarray)
    else:
        with pytest.raises(InputError, match=r"not \(30, 0\)"):
            read_signatures(tmp_path / "a.npz")


@pytest.mark.usefixtures("stays_in_the_file")
def test_a_file_that_shrinks_while_it_is_read_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, **ARRAYS)
    found = read_signatures(path).features
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(InputError, match="became shorter"):
        found[slice(0, 30)]


@pytest.mark.parametrize("name", ARRAYS)
def test_a_missing_array_is_named(name: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", **{key: ARRAYS[key] for key in ARRAYS if key != name})
    with pytest.raises(InputError, match=f"a.npz has no array '{name}': write numpy.savez"):
        read_signatures(tmp_path / "a.npz")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"ids": ARRAYS["ids"][:-1]}, "ids has shape"),
        ({"ids": ARRAYS["ids"] / 2}, "ids must be whole numbers"),
        ({"features": ARRAYS["features"] * np.nan}, "image 0 .* NaN"),
        ({"features": ARRAYS["features"].astype(str)}, "real numbers, not <U"),
        ({"cameras": np.array([None] * 30)}, "damaged or not an .npz file"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_in_one_line(
    changed: dict[str, np.ndarray], told: str, tmp_path: Path
) -> None:
    np.savez(tmp_path / "a.npz", **{**ARRAYS, **changed})
    with pytest.raises(InputError, match=f"a.npz.*{told}") as caught:
        read_signatures(tmp_path / "a.npz")
    assert "\n" not in str(caught.value)


def test_what_is_no_such_file_is_refused_in_one_line(tmp_path: Path) -> None:
    np.savez(tmp_path / "whole.npz", **ARRAYS)
    whole = (tmp_path / "whole.npz").read_bytes()
    np.save(tmp_path / "one.npy", ARRAYS["features"])
    cases = {
        "text.npz": b"id,camera\n1,2\n",
        "empty.npz": b"",
        "cut.npz": whole[: len(whole) // 2],
        "one.npz": (tmp_path / "one.npy").read_bytes(),
    }
    for name, content in cases.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=f"{name} .*write numpy.savez") as caught:
            read_signatures(tmp_path / name)
        assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match=r"none.npz is missing"):
        read_signatures(tmp_path / "none.npz")
    with pytest.raises(InputError, match=r"damaged or not an \.npz file"):
        read_signatures(tmp_path)


def test_a_header_says_where_signatures_come_from(tmp_path: Path) -> None:
    header = {
        "model": "ours",
        "model_sha256": "ab",
        "data_set": "viper",
        "split": 3,
        "size": [8, 4],
    }
    np.savez(tmp_path / "a.npz", **ARRAYS, header=np.array(json.dumps(header)))
    assert read_header(tmp_path / "a.npz") == header
    wanted = Origin(model="ours", model_sha256="ab", data_set="viper", split=3)
    assert read_origin(tmp_path / "a.npz") == wanted
    assert len(read_signatures(tmp_path / "a.npz")) == 30


def test_without_a_header_nothing_is_known(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", **ARRAYS)
    assert read_header(tmp_path / "a.npz") == {}
    assert read_origin(tmp_path / "a.npz") == Origin()


@pytest.mark.parametrize("header", ["{broken", "[1]", "7"])
def test_a_header_that_is_none_is_refused(header: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", **ARRAYS, header=np.array(header))
    with pytest.raises(InputError, match=r"a\.npz is damaged or not an \.npz file: describe"):
        read_header(tmp_path / "a.npz")
    with pytest.raises(InputError, match=r"none\.npz is missing"):
        read_header(tmp_path / "none.npz")
