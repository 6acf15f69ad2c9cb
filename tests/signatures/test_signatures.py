"""What may be called signatures."""

import numpy as np
import pytest

from passerby.errors import InputError
from passerby.signatures import signatures
from passerby.signatures.signatures import Signatures, check_comparable, chunks, stacked

IDS = np.array([1, 2, 3])


def test_they_know_their_size() -> None:
    made = Signatures(np.zeros((3, 5), np.float16), IDS, IDS.astype(np.uint8))
    assert (len(made), made.dimensions) == (3, 5)
    assert made.cameras.dtype == np.int64


@pytest.mark.parametrize(
    ("features", "ids", "cameras", "told"),
    [
        (np.zeros((0, 4)), IDS[:0], IDS[:0], r"not \(0, 4\)"),
        (np.zeros((3, 0)), IDS, IDS, r"not \(3, 0\)"),
        (np.zeros(3), IDS, IDS, r"not \(3,\)"),
        (np.zeros((3, 4)), IDS[:2], IDS, r"ids has shape \(2,\), but there are 3 features"),
        (np.zeros((3, 4)), IDS, IDS[None], r"cameras has shape \(1, 3\)"),
        (np.zeros((3, 4)), IDS / 2, IDS, "ids must be whole numbers, not float64"),
        (np.zeros((3, 4)), IDS, np.array(["a", "b", "c"]), "cameras must be whole numbers"),
        (np.zeros((3, 4), complex), IDS, IDS, "real numbers, not complex128"),
        (np.array([["a"], ["b"], ["c"]]), IDS, IDS, "real numbers, not <U1"),
        (np.array([[0.0], [np.nan], [1.0]]), IDS, IDS, "image 1 .* NaN"),
        (np.array([[0.0], [1.0], [-np.inf]]), IDS, IDS, "image 2 .* NaN or infinite"),
        (np.array([[0.0], [1.0], [1e300]]), IDS, IDS, "image 2 .* infinite"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(
    features: np.ndarray, ids: np.ndarray, cameras: np.ndarray, told: str
) -> None:
    with pytest.raises(InputError, match=told) as caught:
        Signatures(features, ids, cameras)
    assert "\n" not in str(caught.value)


def test_the_first_bad_image_is_named_beyond_the_first_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(signatures, "CHUNK", 2)
    features = np.zeros((5, 2))
    features[3:] = np.nan
    with pytest.raises(InputError, match="image 3 "):
        Signatures(features, np.arange(5), np.arange(5))


def test_parts_cover_all_rows_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signatures, "CHUNK", 2)
    features = np.arange(10, dtype=np.int16).reshape(5, 2)
    parts = list(chunks(features))
    assert [rows for rows, _ in parts] == [slice(0, 2), slice(2, 4), slice(4, 5)]
    assert all(part.dtype == np.float32 for _, part in parts)
    np.testing.assert_array_equal(np.concatenate([part for _, part in parts]), features)


def test_stacking_leaves_out_what_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signatures, "CHUNK", 2)
    query, gallery = np.arange(6.0).reshape(3, 2), 10 + np.arange(10.0).reshape(5, 2)
    kept = np.array([True, False, True, True, False])
    whole = stacked(query, gallery, kept)
    np.testing.assert_array_equal(whole, np.concatenate([query, gallery[kept]]))


def test_signatures_of_two_networks_are_not_compared() -> None:
    one = Signatures(np.zeros((3, 4)), IDS, IDS)
    other = Signatures(np.zeros((3, 5)), IDS, IDS)
    check_comparable(one, one)
    with pytest.raises(InputError, match="have 4 numbers, the others 5"):
        check_comparable(one, other)
