"""The answer to a table as a page."""

from collections.abc import Iterator, Mapping

from passerby.evaluate.statistics import Interval
from passerby.reproduce.answer import Answer, Value
from passerby.reproduce.effects import Effect
from passerby.reproduce.markup import code_text, markdown_table, plain_text
from passerby.reproduce.overall import Mean

__all__ = ["page"]

SURE = 0.05
"""Below it a p says something."""


def page(answer: Answer) -> str:
    """Return an answer as Markdown: figures, effects, faces, what is missing, how it was made."""
    experiment, study = answer.experiment, answer.experiment.study
    parts = [
        f"# {experiment.source}, at {answer.scale} scale",
        f"{experiment.title}.",
        *(f"- {note}" for note in (*experiment.notes, *study.notes(answer.measurements))),
        f"## Figures{study.unit}",
        markdown_table(
            VALUE_COLUMNS, (_value(value, experiment.digits) for value in answer.values)
        ),
        *_effects(answer),
        *_overall(answer),
        *_missing(answer),
        *study.sections(answer.measurements),
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


def _value(value: Value, digits: int) -> list[str]:
    line = value.line
    return [
        *(line.row, line.setting, value.figure, _number(value.published, digits)),
        *(_number(value.ours, digits), _seeds(value.by_seed)),
        *(_interval(value.over_seeds), _signed(value.difference, max(digits, 2))),
    ]


def _effects(answer: Answer) -> Iterator[str]:
    if not answer.effects:
        return
    yield "## Effects, in points"
    yield _reading(answer)
    groups = answer.experiment.study.groups
    columns = (column.replace("people", groups) for column in EFFECT_COLUMNS)
    yield markdown_table(tuple(columns), map(_effect, answer.effects))


def _reading(answer: Answer) -> str:
    items, groups = answer.experiment.study.items, answer.experiment.study.groups
    return (
        "One line less another, each the mean over its seeds; of one network tested twice, those "
        f"that both lines have. Over {groups}: {items} are compared in pairs, and {groups} drawn "
        "with replacement. Over seeds: Student's t, with a deviation pooled over networks. p of "
        f"tests over {items} speak of these very networks, and are corrected by Holm's method for "
        f"all effects of the table, measured or not; p of equivalence below {SURE} says that the "
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
    yield markdown_table(
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
        yield markdown_table(
            ("row", "setting", "why"), ([*place, why] for place, why in answer.missing.items())
        )


def _provenance(answer: Answer) -> Iterator[str]:
    """Everything that is needed to run it again, each thing once."""
    facts: dict[str, dict[str, None]] = {}
    for one in answer.measurements:
        for what, text in {
            "command": code_text(one.stamp["command"]),
            "seeds": plain_text(one.seed),
            "commit": plain_text(one.stamp["commit"]),
            "machine": plain_text(one.stamp["machine"]),
            "trained": plain_text(_maker(one.training.get("made_by"))),
            "versions": plain_text(
                ", ".join(f"{name} {text}" for name, text in one.stamp["versions"].items())
            ),
            **dict(answer.experiment.study.provenance(one)),
        }.items():
            facts.setdefault(what, {})[text] = None
    for what, texts in facts.items():
        yield f"- {what}: {'; '.join(texts)}"


def _maker(made_by: Mapping[str, str] | None) -> str:
    return "not known" if made_by is None else f"commit {made_by['commit']}, {made_by['machine']}"


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def _seeds(*lines: Mapping[int, float]) -> str:
    """Those of a line, and of another one where they differ."""
    return " less ".join(dict.fromkeys(", ".join(map(str, sorted(line))) for line in lines))


def _signed(value: float | None, digits: int = 2) -> str:
    return "" if value is None else f"{value:+.{digits}f}"


def _interval(interval: Interval | None) -> str:
    return "" if interval is None else f"{interval.low:.2f} to {interval.high:.2f}"


def _p(p: float | None) -> str:
    return "" if p is None else f"{p:.2g}"
