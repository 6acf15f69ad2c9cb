"""Matching under encryption: what it costs, what it changes, and how soon scores tell a gallery.

    passerby describe market1501-500 --raw -o signatures
    python benchmarks/encrypted_matching.py cost --dimension 176 --people 1000 10000 100000
    python benchmarks/encrypted_matching.py accuracy signatures/query.npz signatures/gallery.npz
    python benchmarks/encrypted_matching.py recovery signatures/query.npz signatures/gallery.npz

`cost` draws signatures at random and gives processor time of one thread. `accuracy` ranks a gallery
by decrypted scores and by plain ones. `recovery` attacks: somebody asks chosen queries, gets scores
rounded to a step, and estimates the signatures of people with odd ids, once knowing nothing, and
once knowing how signatures of the people with even ids are spread. Each prints a table, and what it
was measured with as JSON.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import process_time

import numpy as np
import numpy.typing as npt

from passerby.evaluate.reid.evaluation import evaluate
from passerby.evaluate.reid.results import Result
from passerby.matching.encrypted.candidates import Candidates, GalleryAnswer
from passerby.matching.encrypted.gallery import (
    BLUR,
    EvaluationKeys,
    encoded_blocks,
    encrypted_scores,
)
from passerby.matching.encrypted.query_keys import QueryKeys
from passerby.signatures.reader import read_signatures
from passerby.signatures.signatures import Signatures
from stamp import stamp
from table import markdown

__all__ = ["Prior", "cost", "decrypted_scores", "needed", "ranked_by", "recovered"]

_Rows = npt.NDArray[np.float64]

QUERIES = (1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 512, 1024, 2048)
STEPS = (0.0, BLUR, 0.01, 0.05, 0.1, 0.2)


# --- Cost -------------------------------------------------------------------------------------


def cost(dimension: int, people: int, repeats: int, seed: int) -> dict[str, float]:
    """Milliseconds of processor time and bytes of queries, the median of some."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(people, dimension))
    began = process_time()
    asking = QueryKeys(dimension)
    keys = asking.evaluation_keys()
    drawn = process_time()
    answering = EvaluationKeys.read(keys, dimension)
    encoding = process_time()
    blocks = encoded_blocks(rows)
    encoded = process_time()
    whom = _tracks(people, rng)
    found: list[dict[str, float]] = []
    for _ in range(repeats):
        query = rng.normal(size=dimension)
        times = [process_time()]
        sent = asking.encrypted(query)
        times.append(process_time())
        answer = GalleryAnswer(whom, encrypted_scores(sent, answering, blocks)).to_bytes()
        times.append(process_time())
        asking.scores(GalleryAnswer.read(answer).scores, people)
        times.append(process_time())
        ask, match, open_ = (1000 * float(one) for one in np.diff(times))
        found.append(
            {"ask": ask, "match": match, "open": open_, "up": len(sent), "down": len(answer)}
        )
    middle = {name: median(one[name] for one in found) for name in found[0]}
    return {
        **middle,
        "keys": len(keys),
        "draw keys": 1000 * (drawn - began),
        "encode": 1000 * (encoded - encoding) / people,
    }


def _tracks(people: int, rng: np.random.Generator) -> Candidates:
    """As many tracks of ten cameras as come in a day, numbered as stores number them."""
    began = np.sort(rng.integers(0, 86_400_000, people))
    numbers = (218_000_000_000 + began << 22) | rng.integers(0, 1 << 22, people)
    cameras = tuple(f"camera-{number}" for number in range(10))
    return Candidates(numbers, 1_796_000_000 + began // 1000, rng.integers(0, 10, people), cameras)


# --- Accuracy ---------------------------------------------------------------------------------


def decrypted_scores(query: _Rows, gallery: _Rows) -> Iterator[_Rows]:
    """Yield the scores of each query, shape (m,), as whoever asked decrypts them."""
    asking = QueryKeys(query.shape[1])
    answering = EvaluationKeys.read(asking.evaluation_keys(), gallery.shape[1])
    blocks = encoded_blocks(gallery)
    for row in query:
        answers = encrypted_scores(asking.encrypted(row), answering, blocks)
        yield asking.scores(answers, len(gallery))


def ranked_by(scores: _Rows, query: Signatures, gallery: Signatures) -> Result:
    """Evaluate a matrix of scores, shape (n, m).

    The cosine of a row of scores and a unit vector is a score, but for a factor a query.
    """
    rows = Signatures(scores, query.ids, query.cameras)
    return evaluate(
        rows, Signatures(np.eye(len(gallery)), gallery.ids, gallery.cameras), verify=False
    )


# --- Recovery ---------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Prior:
    """What an attacker knows of signatures before asking.

    Attributes:
        mean: Shape (d,).
        covariance: Shape (d, d).
    """

    mean: _Rows
    covariance: _Rows

    @classmethod
    def none(cls, dimension: int) -> "Prior":
        """That they have length 1, and nothing else."""
        return cls(np.zeros(dimension), np.eye(dimension) / dimension)

    @classmethod
    def of(cls, rows: _Rows) -> "Prior":
        """How signatures of others are spread, shape (n, d)."""
        small = 1e-6 * np.eye(rows.shape[1])
        return cls(rows.mean(axis=0), np.cov(rows, rowvar=False) + small)

    def queries(self, count: int, seed: int) -> _Rows:
        """Unit vectors, shape (count, d): where signatures spread most first, then at random."""
        directions = np.linalg.eigh(self.covariance)[1].T[::-1]
        drawn = np.random.default_rng(seed).normal(
            size=(max(0, count - len(directions)), len(directions))
        )
        return np.concatenate([directions[:count], unit(drawn)])


def recovered(rows: _Rows, prior: Prior, count: int, step: float, seed: int) -> _Rows:
    """Estimate signatures from rounded scores of chosen queries: the best linear estimate.

    Args:
        rows: The signatures, shape (n, d), of length 1.
        prior: What is known before.
        count: Queries.
        step: To which scores are rounded; 0 for exact ones.
        seed: Of the queries beyond d.
    """
    queries = prior.queries(count, seed)
    scores = rows @ queries.T
    if step:
        scores = np.round(scores / step) * step
    spread = prior.covariance @ queries.T
    noise = (step**2 / 12 + 1e-12) * np.eye(count)
    weights = np.linalg.solve(queries @ spread + noise, spread.T)
    return prior.mean + (scores - queries @ prior.mean) @ weights


def unit(rows: _Rows) -> _Rows:
    """Bring rows to length 1; those of 0 stay."""
    short: _Rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return short


def needed(shares: Sequence[float], wanted: float) -> str:
    """The first number of queries at which a share is reached.

    Example:
        >>> needed([0.1, 0.5, 0.9], 0.5)
        '2'
        >>> needed([0.1], 0.5)
        '> 2048'
    """
    found = (count for count, share in zip(QUERIES, shares, strict=False) if share >= wanted)
    return str(next(found, f"> {QUERIES[-1]}"))


def _chosen(signatures: Signatures, kept: npt.NDArray[np.bool_]) -> Signatures:
    rows = signatures.features[0 : len(signatures)]
    return Signatures(rows[kept], signatures.ids[kept], signatures.cameras[kept])


def _rows(signatures: Signatures) -> _Rows:
    return unit(signatures.features[0 : len(signatures)].astype(np.float64))


def _recovery(query: Signatures, gallery: Signatures, seed: int) -> str:
    others = Prior.of(_rows(_chosen(gallery, gallery.ids % 2 == 0)))
    people, asked = (_chosen(one, one.ids % 2 == 1) for one in (gallery, query))
    rows = _rows(people)
    real = evaluate(asked, people, verify=False).cmc[0]
    head = (
        *("knows", "scores rounded to", "cosine .9", "cosine .99", "half of rank-1"),
        *("90 % of rank-1", "cosine, rank-1 after 8", "after 32", "after 128"),
    )
    table = []
    for name, prior in (("nothing", Prior.none(rows.shape[1])), ("other people", others)):
        for step in STEPS:
            cosines, firsts = [], []
            for count in QUERIES:
                found = recovered(rows, prior, count, step, seed)
                cosines.append(float(np.vecdot(unit(found), rows).mean()))
                taken = Signatures(found, people.ids, people.cameras)
                firsts.append(float(evaluate(asked, taken, verify=False).cmc[0] / real))
            marks = [needed(cosines, 0.9), needed(cosines, 0.99)]
            marks += [needed(firsts, 0.5), needed(firsts, 0.9)]
            places = [QUERIES.index(count) for count in (8, 32, 128)]
            shown = [f"{cosines[one]:.2f}, {100 * firsts[one]:.0f} %" for one in places]
            table.append((name, f"{step:g}" if step else "nothing", *marks, *shown))
    return markdown(head, table)


# --- The command line -------------------------------------------------------------------------


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    commands = parser.add_subparsers(dest="what", required=True)
    costs = commands.add_parser("cost")
    costs.add_argument("--dimension", type=int, nargs="+", default=[176])
    costs.add_argument("--people", type=int, nargs="+", default=[1000, 10_000, 100_000])
    costs.add_argument("--repeats", type=int, default=5)
    for name in ("accuracy", "recovery"):
        one = commands.add_parser(name)
        one.add_argument("query", type=Path)
        one.add_argument("gallery", type=Path)
    for one in commands.choices.values():
        one.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    if given.what == "cost":
        print(_costs(given.dimension, given.people, given.repeats, given.seed))
    else:
        query, gallery = read_signatures(given.query), read_signatures(given.gallery)
        shown = _accuracy if given.what == "accuracy" else _recovery
        print(shown(query, gallery, given.seed))
    print(json.dumps(stamp()))


def _costs(dimensions: Sequence[int], sizes: Sequence[int], repeats: int, seed: int) -> str:
    head = (
        *("numbers x people", "encrypt, ms", "match, ms", "decrypt, ms", "up, kB", "down, kB"),
        *("keys, MB, once", "draw keys, ms", "encode a person, ms"),
    )
    rows = []
    for dimension in dimensions:
        for people in sizes:
            one = cost(dimension, people, repeats, seed)
            rows.append(
                (
                    f"{dimension} x {people:,}",
                    *(f"{one[name]:.1f}" for name in ("ask", "match", "open")),
                    *(f"{one[name] / 1e3:.0f}" for name in ("up", "down")),
                    f"{one['keys'] / 1e6:.1f}",
                    f"{one['draw keys']:.0f}",
                    f"{one['encode']:.3f}",
                )
            )
    return markdown(head, rows)


def _accuracy(query: Signatures, gallery: Signatures, _seed: int) -> str:
    asked, known = _rows(query), _rows(gallery)
    plain = asked @ known.T
    opened = np.stack(list(decrypted_scores(asked, known)))
    rows = []
    for name, scores in (("in clear", plain), ("under encryption", opened)):
        result = ranked_by(scores, query, gallery)
        rows.append((name, f"{result.cmc[0]:.4f}", f"{result.mean_average_precision:.4f}"))
    own = evaluate(query, gallery, verify=False)
    rows.append(
        ("passerby evaluate reid", f"{own.cmc[0]:.4f}", f"{own.mean_average_precision:.4f}")
    )
    error = f"largest difference of scores {np.abs(opened - plain).max():.1e}"
    same = np.mean(np.argmax(opened, axis=1) == np.argmax(plain, axis=1))
    return f"{markdown(('', 'rank-1', 'mAP'), rows)}\n\n{error}; same first image {same:.4f}"


if __name__ == "__main__":
    main()
