"""The answer to a table as a page."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from passerby.evaluate.statistics import Interval
from passerby.reproduce.answer import Answer, Value
from passerby.reproduce.effects import Effect
from passerby.reproduce.originals import OWN
from passerby.reproduce.overall import Mean
from passerby.runtime.printable import printable

__all__ = ["page"]

SURE = 0.05
"""Below it a p says something."""


def page(answer: Answer) -> str:
    """Return an answer as Markdown: figures, effects, faces, what is missing, how it was made."""
    experiment = answer.experiment
    parts = [
        f"# {experiment.source}, at {answer.scale} scale",
        f"{experiment.title}.",
        *(f"- {note}" for note in (*experiment.notes, *_stand_ins(answer))),
        "## Figures, in percent",
        _table(VALUE_COLUMNS, map(_value, answer.values)),
        "## Effects, in points",
        _reading(answer),
        _table(EFFECT_COLUMNS, map(_effect, answer.effects)),
        *_overall(answer),
        *_missing(answer),
        *_faces(answer),
        "## How it was made",
        *_provenance(answer),
    ]
    return "\n\n".join(parts) + "\n"


VALUE_COLUMNS = (
    *("row", "setting", "figure", "published", "ours", "seeds", "95 % over seeds", "difference"),
)
EFFECT_COLUMNS = (
    *("row", "change", "figure", "published", "ours", "seeds", "95 % over people"),
    *("95 % over seeds", "p seeds", "p t", "p Wilcoxon", "p equivalence", "direction"),
)
OVERALL_COLUMNS = ("change", "figure", "rows published", "published", "p", "rows", "ours", "p ours")


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *(map(_plain, cells) for cells in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _value(value: Value) -> list[str]:
    line = value.line
    return [
        *(line.row, line.setting, value.figure, _number(value.published)),
        *(_number(value.ours), _seeds(value.by_seed)),
        *(_interval(value.over_seeds), _signed(value.difference)),
    ]


def _reading(answer: Answer) -> str:
    return (
        "One line less another, each the mean over its seeds; of one network tested twice, those "
        "that both lines have. Over people: queries are compared in pairs, and people drawn with "
        "replacement. Over seeds: Student's t, with a deviation pooled over networks. p of tests "
        "over queries speak of these very networks, and are corrected by Holm's method for all "
        f"effects of the table, measured or not; p of equivalence below {SURE} says that the "
        f"effect is smaller than {answer.margin:g} points. Direction: that of the paper's effect; "
        "perhaps, where an interval reaches to 0 or there is but one seed; none, where either "
        "effect is 0."
    )


def _effect(effect: Effect) -> list[str]:
    change, comparison = effect.change, effect.comparison
    row = f"{change.after.row}, {change.after.setting}"
    return [
        *(row, change.what, effect.figure, _signed(effect.published), _signed(effect.ours)),
        *(_seeds(effect.after, effect.before), _interval(comparison.interval)),
        *(_interval(effect.over_seeds), _p(effect.seeds_p)),
        *(_p(effect.corrected[test]) for test in ("t", "wilcoxon", "equivalence")),
        effect.verdict,
    ]


def _overall(answer: Answer) -> Iterator[str]:
    if not answer.overall:
        return
    yield "## In the mean over models and data sets"
    yield (
        "Paired t-test over rows, one-sided, as in the paper: a small p says that figures fall. "
        "The published means are worked out from the paper's table."
    )
    yield _table(
        OVERALL_COLUMNS,
        ([one.what, one.figure, *_mean(one.published), *_mean(one.ours)] for one in answer.overall),
    )


def _mean(mean: Mean | None) -> tuple[str, str, str]:
    if mean is None:
        return "", "", ""
    return str(mean.rows), _signed(mean.difference), _p(mean.p)


def _missing(answer: Answer) -> Iterator[str]:
    if answer.missing:
        yield "## Not run"
        yield _table(
            ("row", "setting", "why"), ([*place, why] for place, why in answer.missing.items())
        )


def _faces(answer: Answer) -> Iterator[str]:
    known = {one.case.dataset: one.faces for one in answer.measurements if one.faces is not None}
    if not known:
        return
    yield "## Where a face was found"
    yield _table(
        ("data set", "subset", "images", "with a face", "detector"),
        (
            [
                *(dataset, subset, f"{share['images']:,}", f"{share['share']:.1%}"),
                f"{faces['detector']}, threshold {faces['threshold']}",
            ]
            for dataset, faces in known.items()
            for subset, share in faces["with_faces"].items()
        ),
    )


def _stand_ins(answer: Answer) -> list[str]:
    """Say which data sets another one stands for."""
    own = {one.case.dataset for one in answer.measurements if one.training.get("dataset") == OWN}
    return [
        f"A data set of one's own stands for {name}: only effects can be compared."
        for name in sorted(own)
    ]


def _provenance(answer: Answer) -> Iterator[str]:
    """Everything that is needed to run it again, each thing once."""
    facts: dict[str, dict[str, None]] = {}
    for one in answer.measurements:
        case = one.case
        for what, text in {
            "command": _code(one.stamp["command"]),
            "seeds": _plain(one.seed),
            "commit": _plain(one.stamp["commit"]),
            "machine": _plain(one.stamp["machine"]),
            "trained": _plain(_maker(one.training.get("made_by"))),
            "versions": _plain(
                ", ".join(f"{name} {text}" for name, text in one.stamp["versions"].items())
            ),
            "data": _plain(f"{case.dataset}, index sha256 {one.made_from['index']}"),
            "first weights": _plain(f"{case.model}: {_weights(one.training['weights'])}"),
            "recipe": f"{_plain(case.model)}: {_code(json.dumps(one.training['recipe']))}",
        }.items():
            facts.setdefault(what, {})[text] = None
    for what, texts in facts.items():
        yield f"- {what}: {'; '.join(texts)}"


def _maker(made_by: Mapping[str, str] | None) -> str:
    return "not known" if made_by is None else f"commit {made_by['commit']}, {made_by['machine']}"


def _weights(origin: Mapping[str, str]) -> str:
    return " ".join(text for text in origin.values() if text)


def _plain(value: object) -> str:
    """A text as Markdown shows it, in its cell: no link, no markup, no other column."""
    line = printable(" ".join(str(value).split()))
    return "".join(f"\\{letter}" if letter in "\\|<[`" else letter for letter in line)


def _code(value: object) -> str:
    return "`" + printable(str(value)).replace("`", "'") + "`"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def _seeds(*lines: Mapping[int, float]) -> str:
    """Those of a line, and of another one where they differ."""
    return " less ".join(dict.fromkeys(", ".join(map(str, sorted(line))) for line in lines))


def _signed(value: float | None) -> str:
    return "" if value is None else f"{value:+.2f}"


def _interval(interval: Interval | None) -> str:
    return "" if interval is None else f"{interval.low:.2f} to {interval.high:.2f}"


def _p(p: float | None) -> str:
    return "" if p is None else f"{p:.2g}"
