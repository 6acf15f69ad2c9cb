"""``passerby compare``: what anonymizers give away, and what their pictures are good for."""

import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from passerby.cli.attack_options import (
    CrowdOptions,
    TrialOptions,
    anonymizer_title,
    crowd_of,
    trial_settings,
)
from passerby.cli.bar import Bar
from passerby.cli.console import Table, complain, print_table, say
from passerby.cli.defaults import default_text
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK
from passerby.errors import ConfigError
from passerby.synth.files import new_folder

if TYPE_CHECKING:
    from passerby.anonymization import Anonymizer
    from passerby.attack.comparison import ComparedAnonymizer

__all__ = ["app"]

app = App(
    name="compare",
    help_format="markdown",
    default_parameter=Parameter(negative=(), show_default=default_text),
)

_WEAKEST = 0.01
"""Lowest score of a box: a curve that ends early has a lower average precision."""
_WIDTH = 150
"""Columns of the terminal that the table needs."""


@app.default
def compare_anonymizers(
    *anonymizers: str,
    crowd: Annotated[CrowdOptions | None, Parameter(name="*")] = None,
    trial: Annotated[TrialOptions | None, Parameter(name="*")] = None,
    output: Annotated[Path, Parameter(name=["--output", "-o"])],
) -> int:
    """Attack several anonymizers on the same people, and measure what their pictures are good for.

    What an anonymizer gives away is the share of the clear leak that the strongest attack finds
    beyond that of boxes alone (see `passerby attack`). Against it stand how well people are found
    and counted in anonymized scenes of people who do not exist, how well a re-identification that
    was trained on anonymized crops follows people, and how much of their bodies is left to see.
    The folder gets frontier.json, frontier.csv, frontier.png, and the report of each anonymizer.
    The controls are tried once for all of them; the exit code is 1 if they were not passed.

    Example: passerby compare blackout blackout:people pixelate:people gaussian:people:8px
    -o frontier

    Args:
        anonymizers: Each an operator with its regions and strength, as NAME:REGIONS:STRENGTH, such
            as blackout, pixelate:people or gaussian:heads,faces:10%; a preset; or the ONNX file of
            an obfuscator.
        crowd: Whom it is tried on.
        trial: How it is tried, and what counts.
        output: Folder to make; a folder that is not empty is refused.
    """
    if len(anonymizers) < 2:
        raise ConfigError(
            "name two anonymizers or more: to attack one is what passerby attack does"
        )
    if len(set(anonymizers)) < len(anonymizers):
        raise ConfigError("an anonymizer is named twice: name each once")
    crowd, trial = crowd or CrowdOptions(), trial or TrialOptions()
    compared = _compared({name: _named(name) for name in anonymizers}, crowd, trial, output)
    _print(compared)
    say(str(output))
    failed = [one for one in compared[0].report.gate.controls if not one.passed]
    for control in failed:
        complain(f"the figures are not valid: control {control.name}: {control.reason}")
    return EXIT_FAILED if failed else EXIT_OK


def _named(name: str) -> "Anonymizer":
    """The anonymizer that ``NAME:REGIONS:STRENGTH`` means."""
    from passerby.attack.anonymizing import anonymizer_of  # noqa: PLC0415  (help does without)

    operator, _, rest = name.partition(":")
    regions, _, strength = rest.partition(":")
    chosen = tuple(one for one in regions.split(",") if one)
    return anonymizer_of(operator, regions=chosen, strength=strength or None)


def _compared(
    anonymizers: "dict[str, Anonymizer]", crowd: CrowdOptions, trial: TrialOptions, output: Path
) -> "list[ComparedAnonymizer]":
    from passerby.attack.anonymizing import anonymizing  # noqa: PLC0415  (help does without)
    from passerby.attack.certified import certified_bits  # noqa: PLC0415
    from passerby.attack.comparison import ComparedAnonymizer  # noqa: PLC0415
    from passerby.attack.comparison_files import check_can_compare, write_comparison  # noqa: PLC0415
    from passerby.attack.describing import CachedDescriber  # noqa: PLC0415
    from passerby.attack.run import (  # noqa: PLC0415
        AttackPlan,
        attack_steps,
        baseline_steps,
        measured_baseline,
        run_attack,
    )
    from passerby.attack.scenes import found_in_scenes, synthetic_scenes  # noqa: PLC0415
    from passerby.attack.starts import parrot_starts  # noqa: PLC0415
    from passerby.detection.people import PeopleDetector  # noqa: PLC0415
    from passerby.signatures.opening import default_model, open_describer  # noqa: PLC0415

    check_can_compare()
    with new_folder(output) as folder, Bar() as bar:
        describe = CachedDescriber(open_describer(trial.model or default_model()))
        detector = PeopleDetector(threshold=_WEAKEST)
        task = bar.add_task("reading people", total=None)
        people, source = crowd_of(crowd)
        plans = {
            name: AttackPlan(
                title=anonymizer_title(one, name.partition(":")[0]),
                source=source,
                people=people,
                anonymize=anonymizing(one, crowd.seed),
                network=one.network is not None,
                most_bits=certified_bits(one, people.images.shape[1:3]),
                tier=trial.tier,
                purpose=trial.purpose,
                settings={
                    **trial_settings(trial, describe.name),
                    "seed": crowd.seed,
                    "people": crowd.people,
                },
                seed=crowd.seed,
                starts=parrot_starts(trial.start),
            )
            for name, one in anonymizers.items()
        }
        steps = baseline_steps(trial.tier) + sum(
            attack_steps(trial.tier, network=plan.network) + 1 for plan in plans.values()
        )
        bar.update(task, description="attacking", total=steps)
        tick = partial(bar.advance, task)
        baseline = measured_baseline(next(iter(plans.values())), describe, tick)
        scenes = synthetic_scenes(crowd.seed)
        compared = []
        for name, plan in plans.items():
            own = replace(plan, settings={**plan.settings, "anonymizer": name})
            report = run_attack(own, describe, tick, baseline)
            seen = found_in_scenes(
                scenes, anonymizers[name], detector, seed=crowd.seed, progress=tick
            )
            compared.append(ComparedAnonymizer(name, report, seen))
        write_comparison(compared, folder, {name: folder_name(name) for name in plans})
    return compared


def folder_name(name: str) -> str:
    """The name of an anonymizer as one of a folder: letters, digits and hyphens."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-.") or "anonymizer"


def _print(compared: "list[ComparedAnonymizer]") -> None:
    from passerby.attack.comparison import COMPARISON_COLUMNS, compared_rows  # noqa: PLC0415

    table = Table(*COMPARISON_COLUMNS)
    for row in compared_rows(compared):
        table.add_row(*(f"{one:.3f}" if isinstance(one, float) else str(one) for one in row))
    print_table(table, _WIDTH)
