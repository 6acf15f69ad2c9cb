"""``passerby attack``: who can be recognised through an anonymizer."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number

from passerby.cli.attack_options import (
    CrowdOptions,
    FaceOptions,
    TrialOptions,
    anonymizer_title,
    crowd_of,
    faces_of,
    trial_settings,
)
from passerby.cli.bar import Bar
from passerby.cli.console import Table, complain, print_table, say
from passerby.cli.defaults import default_text
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK
from passerby.cli.membership import membership
from passerby.errors import ConfigError
from passerby.synth.files import new_folder

if TYPE_CHECKING:
    from passerby.attack.report import AttackReport
    from passerby.attack.run import AttackPlan

__all__ = ["app"]

app = App(
    name="attack",
    help_format="markdown",
    default_parameter=Parameter(negative=(), show_default=default_text),
)

_WIDTH = 140
"""Columns of the terminal that the table needs."""


@dataclass(frozen=True, kw_only=True)
class _Target:
    """What is attacked."""

    anonymizer: Annotated[
        str | None,
        Parameter(help="An operator, a preset, or the ONNX file of an obfuscator."),
    ] = None
    regions: Annotated[
        tuple[str, ...],
        Parameter(
            consume_multiple=True,
            help="What the operator covers; by default heads, as in `passerby anonymize`.",
        ),
    ] = ()
    strength: Annotated[str | None, Parameter(help="Of the operator.")] = None
    clear: Annotated[
        Path | None, Parameter(help="Folder of clear crops, with --anonymized, instead.")
    ] = None
    anonymized: Annotated[
        Path | None, Parameter(help="The same folder, anonymized by anything.")
    ] = None
    labels: Annotated[
        Path | None,
        Parameter(
            help="CSV file that says who is in each picture of these folders, where names do not: "
            "columns picture, person and camera."
        ),
    ] = None


@app.default
def attack(
    *,
    target: Annotated[_Target | None, Parameter(name="*")] = None,
    crowd: Annotated[CrowdOptions | None, Parameter(name="*")] = None,
    faces: Annotated[FaceOptions | None, Parameter(name="*")] = None,
    trial: Annotated[TrialOptions | None, Parameter(name="*")] = None,
    output: Annotated[Path, Parameter(name=["--output", "-o"])],
) -> int:
    """Try to undo an anonymizer and to recognise people through it, and say how far that got.

    First the attacks are tried on controls, of which it is known what they hide. Then on the
    anonymizer, and on the boxes of people alone, which every detector needs. The folder gets
    report.html and report.pdf, to be read and printed, report.json, every score in scores.parquet,
    and plots.png. Pictures in it are 8x8 cells. The exit
    code is 1 if the controls show that the figures are not valid.

    Example: passerby attack --anonymizer pixelate --regions people -o report

    Example: passerby attack --clear crops --anonymized covered -o report

    Example: passerby attack --clear crops --anonymized covered --labels who.csv -o report

    Example: passerby attack --anonymizer top --faces faces --face-recogniser face.onnx -o report

    Args:
        target: What is attacked.
        crowd: Whom it is tried on.
        faces: Faces that it is tried on besides; without them the report says that faces are
            untried.
        trial: How it is tried, and what counts.
        output: Folder to make; a folder that is not empty is refused.
    """
    target, crowd = target or _Target(), crowd or CrowdOptions()
    asked = faces or FaceOptions()
    return _attack(
        lambda: replace(_plan(target, crowd), faces=faces_of(asked)),
        trial or TrialOptions(),
        output,
    )


@app.command
def video(
    clear: Path,
    anonymized: Path,
    *,
    tracks: Path,
    seed: Annotated[int, Parameter(validator=Number(gte=0))] = 0,
    trial: Annotated[TrialOptions | None, Parameter(name="*")] = None,
    output: Annotated[Path, Parameter(name=["--output", "-o"])],
) -> int:
    """Attack an anonymized video, by the tracks of the people in the clear one.

    Each track is cut into three parts in time, which count as cameras: whoever is linked over a
    gap in time is followed. Of every frame of every track it is looked at whether the person was
    left as they are; one such frame is enough to recognise somebody. Gaps are cut into tracks, and
    people are followed over them by motion and by looks. The report is that of `passerby attack`.

    Example: passerby attack video street.mp4 covered.mp4 --tracks tracks.txt -o report

    Args:
        clear: The original video, or a folder of pictures.
        anonymized: Its anonymized copy.
        tracks: Who is where in the original, as MOT text (passerby track, passerby synth).
        seed: The same seed gives the same figures.
        trial: How it is tried, and what counts.
        output: Folder to make; a folder that is not empty is refused.
    """

    def plan() -> "AttackPlan":
        from passerby.attack.run import AttackPlan  # noqa: PLC0415
        from passerby.attack.tracks import pairs_along  # noqa: PLC0415
        from passerby.evaluate.tracking.files import read_tracks  # noqa: PLC0415

        found = pairs_along(clear, anonymized, read_tracks(tracks))
        return AttackPlan(
            title=f"The anonymized copy {anonymized.name}",
            source=f"Tracks of people in {clear.name}, cut into three parts as if by three cameras",
            people=found.pairs.clear,
            seen=found.pairs.seen,
            missed=found.missed,
            tracks=found.trial,
            settings={"seed": seed},
            seed=seed,
        )

    return _attack(plan, trial or TrialOptions(), output)


app.command(membership)


def _attack(planned: Callable[[], "AttackPlan"], trial: TrialOptions, output: Path) -> int:
    """Run what was planned, write the report, and say what was found."""
    from passerby.attack.describing import CachedDescriber  # noqa: PLC0415  (help does without)
    from passerby.attack.run import (  # noqa: PLC0415
        attack_steps,
        baseline_steps,
        run_attack,
        write_attack,
    )
    from passerby.attack.starts import parrot_starts  # noqa: PLC0415
    from passerby.signatures.opening import default_model, open_describer  # noqa: PLC0415

    with new_folder(output) as folder, Bar() as bar:
        describer = open_describer(trial.model or default_model())
        task = bar.add_task("reading people", total=None)
        plan = planned()
        settings = trial_settings(trial, describer.name) | dict(plan.settings)
        plan = replace(
            plan,
            tier=trial.tier,
            purpose=trial.purpose,
            settings=settings,
            starts=parrot_starts(trial.start),
        )
        steps = baseline_steps(trial.tier) + attack_steps(trial.tier, network=plan.network)
        bar.update(task, description="attacking", total=steps)
        report = run_attack(plan, CachedDescriber(describer), lambda: bar.advance(task))
        left_out = write_attack(report, folder)
    for reason in left_out:
        complain(reason)
    _print(report)
    say(str(output))
    if report.gate.passed:
        return EXIT_OK
    for one in report.gate.controls:
        if not one.passed:
            complain(f"the figures are not valid: control {one.name}: {one.reason}")
    return EXIT_FAILED


def _plan(target: _Target, crowd: CrowdOptions) -> "AttackPlan":
    from passerby.attack.anonymizing import anonymizer_of, anonymizing  # noqa: PLC0415
    from passerby.attack.certified import certified_bits  # noqa: PLC0415
    from passerby.attack.folders import pairs_in  # noqa: PLC0415
    from passerby.attack.run import AttackPlan  # noqa: PLC0415

    settings: dict[str, object] = {"seed": crowd.seed, "people": crowd.people}
    if target.anonymizer is None:
        if target.clear is None or target.anonymized is None or crowd.data is not None:
            raise ConfigError(
                "say what to attack: --anonymizer NAME, or --clear DIR with --anonymized DIR"
            )
        if target.regions or target.strength is not None:
            raise ConfigError("--regions and --strength belong to --anonymizer: leave them out")
        pairs = pairs_in(
            target.clear,
            target.anonymized,
            people=crowd.people,
            pattern=crowd.pattern,
            labels=target.labels,
            seed=crowd.seed,
        )
        return AttackPlan(
            title=f"The anonymized copy {target.anonymized.name}",
            source=f"Crops of people in {target.clear.name}",
            people=pairs.clear,
            seen=pairs.seen,
            settings=settings,
            seed=crowd.seed,
        )
    if target.clear is not None or target.anonymized is not None or target.labels is not None:
        raise ConfigError(
            "give --anonymizer, or --clear and --anonymized (and --labels), and not both"
        )
    anonymizer = anonymizer_of(target.anonymizer, regions=target.regions, strength=target.strength)
    people, source = crowd_of(crowd)
    return AttackPlan(
        title=anonymizer_title(anonymizer, target.anonymizer),
        source=source,
        people=people,
        anonymize=anonymizing(anonymizer, crowd.seed),
        network=anonymizer.network is not None,
        most_bits=certified_bits(anonymizer, people.images.shape[1:3]),
        settings=settings | _recipe(target),
        seed=crowd.seed,
    )


def _recipe(target: _Target) -> dict[str, object]:
    """What was attacked, for the record."""
    given = {
        "anonymizer": target.anonymizer,
        "regions": ",".join(target.regions),
        "strength": target.strength,
    }
    return {name: value for name, value in given.items() if value}


def _print(report: "AttackReport") -> None:
    table = Table("attack", "figure", "direction", "chance", "clear", "anonymized", "95 %")
    for one in report.attacks.findings:
        frames = f", {one.frames} frames" if one.frames > 1 else ""
        table.add_row(
            one.name,
            one.measure + (f" of {one.population}" if one.population else "") + frames,
            one.direction or "",
            f"{one.chance:.3f}",
            f"{one.clear:.3f}",
            f"{one.success:.3f}",
            f"{one.low:.3f} to {one.high:.3f}",
        )
    print_table(table, _WIDTH)
    best = report.decisive
    passed = sum(one.passed for one in report.gate.controls)
    say(f"controls passed: {passed} of {len(report.gate.controls)}")
    say(f"strongest: {best.name}, {best.direction}: {best.leak:.0%} of the clear leak")
