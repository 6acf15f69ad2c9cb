"""``passerby compare``: what anonymizers give away, and what their pictures are good for."""

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

if TYPE_CHECKING:
    from passerby.anonymization import Anonymizer
    from passerby.attack.comparison import ComparedAnonymizer
    from passerby.attack.gate import Gate

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
    The same command resumes an interrupted comparison, and with further anonymizers adds them.

    Example: passerby compare blackout blackout:people pixelate:people gaussian:people:8px
    -o frontier

    Args:
        anonymizers: Each an operator with its regions and strength, as NAME:REGIONS:STRENGTH, such
            as blackout, pixelate:people or gaussian:heads,faces:10%; a preset; or the ONNX file of
            an obfuscator.
        crowd: Whom it is tried on.
        trial: How it is tried, and what counts.
        output: Folder to make, or that of a comparison of the same people with the same settings,
            to which only what is missing is added.
    """
    if len(anonymizers) < 2:
        raise ConfigError(
            "name two anonymizers or more: to attack one is what passerby attack does"
        )
    from passerby.attack.comparison_state import folder_name  # noqa: PLC0415  (help does without)

    if len({folder_name(name) for name in anonymizers}) < len(anonymizers):
        raise ConfigError("an anonymizer is named twice: name each once")
    crowd, trial = crowd or CrowdOptions(), trial or TrialOptions()
    compared, gate = _compared({name: _named(name) for name in anonymizers}, crowd, trial, output)
    _print(compared)
    say(str(output))
    for control in gate.controls:
        if not control.passed:
            complain(f"the figures are not valid: control {control.name}: {control.reason}")
    return EXIT_OK if gate.passed else EXIT_FAILED


def _named(name: str) -> "Anonymizer":
    """The anonymizer that ``NAME:REGIONS:STRENGTH`` means."""
    from passerby.attack.anonymizing import anonymizer_of  # noqa: PLC0415  (help does without)

    operator, _, rest = name.partition(":")
    regions, _, strength = rest.partition(":")
    chosen = tuple(one for one in regions.split(",") if one)
    return anonymizer_of(operator, regions=chosen, strength=strength or None)


def _compared(
    anonymizers: "dict[str, Anonymizer]", crowd: CrowdOptions, trial: TrialOptions, output: Path
) -> "tuple[list[ComparedAnonymizer], Gate]":
    """The rows, and whether they can be believed."""
    from passerby.attack.anonymizing import anonymizing  # noqa: PLC0415  (help does without)
    from passerby.attack.certified import certified_bits  # noqa: PLC0415
    from passerby.attack.comparison_files import check_can_compare, write_comparison  # noqa: PLC0415
    from passerby.attack.comparison_run import run_comparison  # noqa: PLC0415
    from passerby.attack.comparison_state import ComparisonState  # noqa: PLC0415
    from passerby.attack.describing import CachedDescriber  # noqa: PLC0415
    from passerby.attack.run import AttackPlan, hashes_of  # noqa: PLC0415
    from passerby.attack.starts import parrot_starts  # noqa: PLC0415
    from passerby.detection.people import PeopleDetector  # noqa: PLC0415
    from passerby.runtime.provenance import versions  # noqa: PLC0415
    from passerby.signatures.opening import default_model, open_describer  # noqa: PLC0415

    check_can_compare()
    describe = CachedDescriber(open_describer(trial.model or default_model()))
    detector = PeopleDetector(threshold=_WEAKEST)
    with Bar() as bar:
        task = bar.add_task("reading people", total=None)
        people, source = crowd_of(crowd)
        settings = trial_settings(trial, describe.name)
        settings |= {"seed": crowd.seed, "people": crowd.people}
        subject = {
            "purpose": trial.purpose,
            "people": source,
            "settings": settings,
            "sha256": hashes_of(people, describe),
            "versions": versions(),
        }
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
                settings=settings | {"anonymizer": name},
                seed=crowd.seed,
                starts=parrot_starts(trial.start),
            )
            for name, one in anonymizers.items()
        }
        with ComparisonState.opened(output, subject) as state:
            compared, gate = run_comparison(
                anonymizers,
                plans,
                state,
                describe,
                detector,
                lambda steps: bar.update(task, description="attacking", total=steps),
                partial(bar.advance, task),
            )
            write_comparison(compared, subject, output)
    return compared, gate


def _print(compared: "list[ComparedAnonymizer]") -> None:
    from passerby.attack.comparison import COMPARISON_COLUMNS, compared_rows  # noqa: PLC0415

    table = Table(*COMPARISON_COLUMNS)
    for row in compared_rows(compared):
        table.add_row(*(f"{one:.3f}" if isinstance(one, float) else str(one) for one in row))
    print_table(table, _WIDTH)
