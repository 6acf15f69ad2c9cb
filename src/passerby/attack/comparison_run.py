"""The attacks of a comparison: each anonymizer is kept as soon as it is measured."""

from collections.abc import Callable, Mapping
from pathlib import Path

from passerby.anonymization import Anonymizer
from passerby.attack.comparison import ComparedAnonymizer, compared_anonymizer
from passerby.attack.comparison_state import ComparisonState
from passerby.attack.describing import CachedDescriber
from passerby.attack.gate import Gate
from passerby.attack.run import (
    AttackPlan,
    attack_steps,
    baseline_steps,
    measured_baseline,
    run_attack,
)
from passerby.attack.scenes import found_in_scenes, synthetic_scenes
from passerby.files.hashing import sha256_of
from passerby.types import Detector

__all__ = ["run_comparison"]


def run_comparison(
    anonymizers: Mapping[str, Anonymizer],
    plans: Mapping[str, AttackPlan],
    state: ComparisonState,
    describe: CachedDescriber,
    detector: Detector,
    begin: Callable[[int], None] = lambda _steps: None,
    progress: Callable[[], None] = lambda: None,
) -> tuple[list[ComparedAnonymizer], Gate]:
    """Attack what the state does not hold yet, and look for people through it.

    Args:
        anonymizers: By their names.
        plans: The same for each, on the same people, of one tier and seed.
        state: What is known, and where the rest is kept.
        describe: Makes signatures.
        detector: Looks for people in scenes; it gives boxes with low scores too.
        begin: Told once how often ``progress`` will be called.
        progress: Called after each step.

    Returns:
        All of them, in their order; and whether they can be believed.

    Raises:
        ConfigError: If the state holds another anonymizer or network under one of the names.
        DetectionError: If a network fails.
        InputError: If an anonymizer fails, or the people do not suffice.
        OutputError: If anything cannot be kept.
    """
    first = next(iter(plans.values()))
    networks = {
        name: sha256_of(Path(name)) if plan.network else None for name, plan in plans.items()
    }
    rows = {name: state.row(name, network) for name, network in networks.items()}
    baseline = state.baseline()
    begin(
        (0 if baseline else baseline_steps(first.tier))
        + sum(
            attack_steps(plan.tier, network=plan.network) + 1
            for name, plan in plans.items()
            if rows[name] is None
        )
    )
    if baseline is None:
        baseline = measured_baseline(first, describe, progress)
        state.keep_baseline(baseline)
    scenes = synthetic_scenes(first.seed)
    compared = []
    for name, plan in plans.items():
        row = rows[name]
        if row is None:
            report = run_attack(plan, describe, progress, baseline)
            seen = found_in_scenes(
                scenes, anonymizers[name], detector, seed=plan.seed, progress=progress
            )
            row = compared_anonymizer(name, report, seen)
            state.keep(row, report, networks[name])
        compared.append(row)
    return compared, baseline.gate
