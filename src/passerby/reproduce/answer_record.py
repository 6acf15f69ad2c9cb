"""The answer to a table as JSON."""

from dataclasses import asdict
from typing import Any

from passerby.reproduce.answer import Answer, Value
from passerby.reproduce.effects import Effect

__all__ = ["as_dict"]


def as_dict(answer: Answer) -> dict[str, Any]:
    """Everything, ready for JSON."""
    experiment = answer.experiment
    return {
        "table": experiment.name,
        "source": experiment.source,
        "scale": answer.scale,
        "margin": answer.margin,
        "notes": list(experiment.notes),
        "figures": [_value(value) for value in answer.values],
        "effects": [_effect(effect) for effect in answer.effects],
        "overall": [asdict(one) for one in answer.overall],
        "missing": [
            {"row": row, "setting": setting, "reason": reason}
            for (row, setting), reason in answer.missing.items()
        ],
        "made_by": [
            {
                "case": asdict(one.case),
                "seed": one.seed,
                "made_from": one.made_from,
                "training": one.training,
                "stamp": one.stamp,
            }
            for one in answer.measurements
        ],
    }


def _value(value: Value) -> dict[str, Any]:
    return {
        "row": value.line.row,
        "setting": value.line.setting,
        "figure": value.figure,
        "published": value.published,
        "ours": value.ours,
        "difference": value.difference,
        "by_seed": dict(value.by_seed),
        "over_seeds": None if value.over_seeds is None else asdict(value.over_seeds),
    }


def _effect(effect: Effect) -> dict[str, Any]:
    change = effect.change
    return {
        "row": change.after.row,
        "setting": change.after.setting,
        "what": change.what,
        "less": {"row": change.before.row, "setting": change.before.setting},
        "figure": effect.figure,
        "published": effect.published,
        "ours": effect.ours,
        "verdict": effect.verdict,
        "before": dict(effect.before),
        "after": dict(effect.after),
        "over_seeds": None if effect.over_seeds is None else asdict(effect.over_seeds),
        "seeds_p": effect.seeds_p,
        **asdict(effect.comparison),
        "p_by_holm": dict(effect.corrected),
    }
