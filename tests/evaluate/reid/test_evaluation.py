"""Whole evaluations: against a slow loop from the definition, and against each other."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.metrics import roc_auc_score

from passerby.errors import ConfigError, InputError
from passerby.evaluate.reid.evaluation import evaluate
from passerby.evaluate.reid.protocol import Protocol
from passerby.evaluate.reid.results import Result
from passerby.matching import distances as module
from passerby.matching.coarse_to_fine import CoarseToFine
from passerby.matching.distances import Distances
from passerby.matching.reranking import Reranking
from passerby.signatures.signatures import Signatures

Make = Callable[..., tuple[Signatures, Signatures]]
SCIPY = {"cosine": "cosine", "euclidean": "euclidean", "squared_euclidean": "sqeuclidean"}


def by_definition(query: Signatures, gallery: Signatures, protocol: Protocol) -> dict[str, float]:
    """Market-1501's protocol query by query, image by image; there must be no ties."""
    distances = cdist(query.features, gallery.features, SCIPY[protocol.distance])  # type: ignore[call-overload]
    precisions, trapezia, penalties, ranks = [], [], [], []
    labels, scores = [], []
    for q in range(len(query)):
        hits, place, found, halves = 0, 0, [], []
        for g in np.argsort(distances[q]):
            same = query.ids[q] == gallery.ids[g]
            if gallery.ids[g] in protocol.junk_ids:
                continue
            if same and protocol.drop_same_camera and query.cameras[q] == gallery.cameras[g]:
                continue
            place += 1
            labels.append(same)
            scores.append(-distances[q, g])
            if same:
                before = hits / (place - 1) if place > 1 else 1.0
                hits += 1
                found.append(hits / place)
                halves.append((before + hits / place) / 2)
                if hits == 1:
                    ranks.append(place)
                last = place
        if hits:
            precisions.append(np.mean(found))
            trapezia.append(np.mean(halves))
            penalties.append(hits / last)
    cmc = [np.mean(np.array(ranks) <= k) for k in (1, 5, 10)]
    return {
        "mAP": float(np.mean(precisions)),
        "mAP_trapezoid": float(np.mean(trapezia)),
        "rank1": float(cmc[0]),
        "rank5": float(cmc[1]),
        "rank10": float(cmc[2]),
        "mINP": float(np.mean(penalties)),
        "AUC": float(roc_auc_score(labels, scores)),
    }


def everything(result: Result) -> list[np.ndarray]:
    """Every figure that must not depend on how the gallery is written down."""
    return [
        result.average_precision,
        result.average_precision_trapezoid,
        result.inverse_negative_penalty,
        result.first_rank,
        result.cmc,
        np.array([result.verification.auc if result.verification else np.nan]),
    ]


def assert_same(one: Result, other: Result) -> None:
    for left, right in zip(everything(one), everything(other), strict=True):
        np.testing.assert_allclose(left, right, rtol=1e-9)


@pytest.mark.parametrize("distance", SCIPY)
@pytest.mark.parametrize("drop", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_figures_are_those_of_the_definition(
    people: Make, distance: str, drop: bool, seed: int
) -> None:
    query, gallery = people(25, 80, persons=7, seed=seed)
    protocol = Protocol(distance=distance, drop_same_camera=drop, junk_ids=(2,))  # type: ignore[arg-type]
    result = evaluate(query, gallery, protocol)
    found, wanted = result.summary(), by_definition(query, gallery, protocol)
    assert found.keys() == wanted.keys()
    steps = result.verification.auc_error if result.verification else 0
    for name, value in wanted.items():
        assert found[name] == pytest.approx(value, abs=1e-6 + steps * (name == "AUC")), name


def test_queries_without_a_match_are_counted_and_left_out_of_the_means(people: Make) -> None:
    query, gallery = people(30, 60)
    stranger = replace(query, ids=np.where(np.arange(30) < 10, 99, query.ids))
    result = evaluate(stranger, gallery)
    known = Signatures(query.features[slice(10, 30)], query.ids[10:], query.cameras[10:])
    alone = evaluate(known, gallery)
    assert result.valid.sum() == alone.valid.sum() < 30
    assert np.isnan(result.average_precision[:10]).all()
    assert result.mean_average_precision == alone.mean_average_precision
    assert result.rank(1) == alone.rank(1)


@settings(max_examples=12)
@given(st.integers(0, 1_000))
def test_the_order_of_the_gallery_changes_nothing(people: Make, seed: int) -> None:
    query, gallery = people(8, 30, whole=True, seed=seed)
    order = np.random.default_rng(seed).permutation(30)
    turned = Signatures(
        np.asarray(gallery.features)[order], gallery.ids[order], gallery.cameras[order]
    )
    protocol = Protocol(distance="squared_euclidean")
    assert_same(evaluate(query, gallery, protocol), evaluate(query, turned, protocol))


@settings(max_examples=12)
@given(st.integers(0, 1_000))
def test_junk_changes_nothing(people: Make, seed: int) -> None:
    query, gallery = people(8, 30, whole=True, seed=seed)
    _, more = people(8, 20, seed=seed + 1)
    own = query.ids[:4], query.cameras[:4]
    both = Signatures(
        np.concatenate([gallery.features[:], more.features[:], np.asarray(query.features[:4])]),  # type: ignore[index]
        np.concatenate([gallery.ids, np.full(20, -1), own[0]]),
        np.concatenate([gallery.cameras, more.cameras, own[1]]),
    )
    protocol = Protocol(distance="squared_euclidean")
    same = (query.ids[:, None] == own[0]) & (query.cameras[:, None] == own[1])
    hidden = same.all(axis=1)  # the added images are left out for these queries
    one, other = evaluate(query, gallery, protocol), evaluate(query, both, protocol)
    np.testing.assert_allclose(one.average_precision[hidden], other.average_precision[hidden])
    only_junk = Signatures(
        np.concatenate([gallery.features[:], more.features[:]]),  # type: ignore[index]
        np.concatenate([gallery.ids, np.full(20, -1)]),
        np.concatenate([gallery.cameras, more.cameras]),
    )
    without_area = zip(
        everything(one)[:-1], everything(evaluate(query, only_junk, protocol))[:-1], strict=True
    )
    for left, right in without_area:
        np.testing.assert_allclose(left, right, rtol=1e-9)


@settings(max_examples=12)
@given(st.integers(0, 1_000), st.sampled_from([0.25, 2.0, 1024.0]))
def test_scaling_changes_nothing_for_cosine(people: Make, seed: int, factor: float) -> None:
    query, gallery = people(8, 30, seed=seed)
    scaled = replace(gallery, features=np.asarray(gallery.features) * np.float32(factor))
    assert_same(evaluate(query, gallery), evaluate(query, scaled))


@pytest.mark.parametrize("distance", SCIPY)
@pytest.mark.parametrize("value", [0.0, 1.0, 0.3])
def test_constant_features_are_exactly_chance(people: Make, distance: str, value: float) -> None:
    query, gallery = people(12, 300, dimensions=67)
    constant = [
        replace(side, features=np.full((len(side), 67), value, np.float32))
        for side in (query, gallery)
    ]
    result = evaluate(*constant, Protocol(distance=distance))  # type: ignore[arg-type]
    for number in range(12):
        same = gallery.ids == query.ids[number]
        own = same & (gallery.cameras == query.cameras[number])
        kept, right = 300 - own.sum(), (same & ~own).sum()
        places = np.arange(1, kept + 1)
        wanted = np.mean((1 + (places - 1) * (right - 1) / (kept - 1)) / places)
        assert result.average_precision[number] == pytest.approx(wanted, rel=1e-9)
        assert result.matched[number, 0] == pytest.approx(right / kept)
    assert result.verification is not None
    assert result.verification.auc == pytest.approx(0.5)


def test_fewer_images_than_ranks_are_enough(people: Make) -> None:
    query, gallery = people(10, 4, persons=2)
    result = evaluate(query, gallery, Protocol(max_rank=50))
    assert len(result.cmc) == 50
    assert (np.diff(result.cmc) >= -1e-12).all()
    assert result.cmc[-1] == pytest.approx(1)


def test_blocks_change_nothing(people: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    query, gallery = people(20, 60, whole=True)
    protocol = Protocol(distance="squared_euclidean")
    whole = evaluate(query, gallery, protocol)
    monkeypatch.setattr(module, "BLOCK_BYTES", 3 * 4 * 60)
    steps: list[int] = []
    assert_same(whole, evaluate(query, gallery, protocol, progress=steps.append))
    assert steps == [3, 3, 3, 3, 3, 3, 2]


def test_reranking_leaves_junk_out_of_the_neighbours(people: Make) -> None:
    query, gallery = people(10, 40)
    _, more = people(10, 15, seed=1)
    both = Signatures(
        np.concatenate([gallery.features[:], more.features[:]]),  # type: ignore[index]
        np.concatenate([gallery.ids, np.full(15, -1)]),
        np.concatenate([gallery.cameras, more.cameras]),
    )
    protocol = Protocol(reranking=Reranking(k1=6, k2=3))
    one, other = evaluate(query, gallery, protocol), evaluate(query, both, protocol)
    np.testing.assert_allclose(one.average_precision, other.average_precision)
    assert one.mean_average_precision != evaluate(query, gallery).mean_average_precision


@pytest.mark.parametrize("distance", ["euclidean", "squared_euclidean"])
def test_reranking_is_on_squared_distances_whatever_ranks_without_it(
    people: Make, distance: str
) -> None:
    query, gallery = people(10, 40)
    settings = Reranking(k1=6, k2=3)
    found = evaluate(query, gallery, Protocol(distance=distance, reranking=settings))  # type: ignore[arg-type]
    plain = evaluate(query, gallery, Protocol(distance="squared_euclidean", reranking=settings))
    assert_same(found, plain)


def test_finer_signatures_decide_among_the_nearest(people: Make) -> None:
    query, gallery = people(20, 60, spread=2.0)
    fine = people(20, 60, spread=0.1)
    protocol = Protocol(coarse_to_fine=CoarseToFine(top=60))
    fine = tuple(  # type: ignore[assignment]
        replace(one, ids=other.ids, cameras=other.cameras)
        for one, other in zip(fine, (query, gallery), strict=True)
    )
    alone = evaluate(*fine)
    refined = evaluate(query, gallery, protocol, fine=fine)
    np.testing.assert_allclose(refined.average_precision, alone.average_precision)
    assert refined.verification is not None
    assert refined.verification.auc == evaluate(query, gallery).verification.auc  # type: ignore[union-attr]


def test_what_does_not_fit_is_refused_in_one_line(people: Make) -> None:
    query, gallery = people(10, 40)
    wide = people(10, 40, dimensions=9)
    fine = Protocol(coarse_to_fine=CoarseToFine())
    with pytest.raises(InputError, match="have 8 numbers, the others 9"):
        evaluate(query, wide[1])
    with pytest.raises(ConfigError, match="give both or neither"):
        evaluate(query, gallery, fine)
    with pytest.raises(ConfigError, match="give both or neither"):
        evaluate(query, gallery, fine=wide)
    with pytest.raises(InputError, match="other ids or cameras"):
        evaluate(query, gallery, fine, fine=people(10, 40, seed=3))
    with pytest.raises(InputError, match="have 8 numbers, the others 9"):
        evaluate(query, gallery, fine, fine=(query, wide[1]))
    with pytest.raises(InputError, match="needs more than 50 images"):
        evaluate(query, gallery, Protocol(reranking=Reranking(k1=50)))
    constant = [replace(side, features=np.ones((len(side), 4))) for side in (query, gallery)]
    with pytest.raises(InputError, match="these are all the same"):
        evaluate(*constant, Protocol(reranking=Reranking()))


def test_without_verification_there_is_no_area(people: Make) -> None:
    result = evaluate(*people(), verify=False)
    assert result.verification is None
    assert "AUC" not in result.summary()


def test_each_pair_is_compared_once(people: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[slice] = []
    plain = Distances.__getitem__
    monkeypatch.setattr(
        Distances, "__getitem__", lambda self, rows: (asked.append(rows), plain(self, rows))[1]
    )
    evaluate(*people(20, 60))
    assert asked == [slice(0, 20)]


@pytest.mark.shared
def test_real_signatures_rank_real_people(shared: object) -> None:
    """The figures of a weak description of real images: better than chance, worse than perfect."""
    from pathlib import Path  # noqa: PLC0415

    from passerby.datasets import read_dataset  # noqa: PLC0415
    from passerby.pipeline.description import Described, raw_frame  # noqa: PLC0415

    class Colours:
        """Mean colours of eight stripes."""

        name, path, pixels = "colours", Path("colours.onnx"), "bgr-255"
        size, batch = (128, 64), 8

        def describe(self, pictures: np.ndarray) -> np.ndarray:
            stripes = np.array_split(pictures.astype(np.float32), 8, axis=1)
            return np.concatenate([stripe.mean(axis=(1, 2)) for stripe in stripes], axis=1)

    dataset = read_dataset(Path(str(shared)) / "data" / "reid" / "market1501-500")
    some = [one for one in dataset.samples if one.subset != "train" and one.identity < 700]
    query, gallery = Described(Colours(), raw_frame).query_and_gallery(
        replace(dataset, samples=tuple(some))
    )
    assert len(query) > 50
    protocol = Protocol(distance="euclidean")
    result = evaluate(query, gallery, protocol)
    wanted = by_definition(query, gallery, protocol)
    for name, value in result.summary().items():
        assert value == pytest.approx(wanted[name], abs=2e-4), name
