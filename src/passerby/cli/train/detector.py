"""``passerby train detector``: the network that finds people and heads."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from passerby.cli.console import say
from passerby.cli.exit_codes import EXIT_OK
from passerby.cli.train.console import number, shown_training
from passerby.extras import needing
from passerby.train.detector.collections import COLLECTIONS
from passerby.train.detector.pool import Sources
from passerby.train.detector.settings import TrainingSettings

__all__ = ["detector"]


@dataclass(frozen=True, kw_only=True)
class _Options:
    """Options of ``passerby train detector``."""

    output: Annotated[
        Path,
        Parameter(
            name=["--output", "-o"],
            help="Folder for the network, its card and its state. The same command resumes an "
            "interrupted run.",
        ),
    ]
    data: Annotated[
        Path | None,
        Parameter(
            help="Folder of pictures with boxes. Without it, only synthetic people are used."
        ),
    ] = None
    leave_out: Annotated[tuple[str, ...], Parameter(help="Collections to leave out.")] = ()
    research: Annotated[
        bool,
        Parameter(help="Use collections for research too; never give such weights away."),
    ] = False
    clips: Annotated[
        bool, Parameter(negative="--no-clips", help="Use clips that detectors label.")
    ] = True
    worlds: Annotated[int, number(0, "Number of synthetic worlds, with six pictures each.")] = 200
    crowds: Annotated[
        int, number(0, "Number of synthetic worlds full of people, with four pictures each.")
    ] = 100
    head_model: Annotated[
        str,
        Parameter(
            help="Network that looks closer for heads where only people have boxes, by name or "
            'path; "none" for faces only.'
        ),
    ] = "passerby-people"
    start: Annotated[
        str,
        Parameter(help='Network to start from, by name or path; "none" for random weights.'),
    ] = "none"
    start_share: Annotated[
        float, Parameter(help="Share of those weights, 0-1, in the network that is written.")
    ] = 0.0
    teacher: Annotated[
        str,
        Parameter(help='YOLOX network to learn from, by name or path; "none" for the labels only.'),
    ] = "yolox-nano"
    pictures: Annotated[
        int, number(1, "Number of training pictures in all, each composed anew.")
    ] = 300_000
    batch: Annotated[int, number(2, "Pictures per step.")] = 32
    workers: Annotated[int, number(0, "Threads that compose pictures.")] = 1
    learning_rate: Annotated[float, Parameter(help="Learning rate at its highest.")] = 2e-3
    cooldown: Annotated[
        float, Parameter(help="Share of the steps, at the end, over which it falls to 0.")
    ] = 0.3
    ema_decay: Annotated[
        float, Parameter(help="Share of the averaged weights that stays at each step.")
    ] = 0.999
    seed: Annotated[int, number(0, "Seed of everything that is random.")] = 0


def detector(options: Annotated[_Options, Parameter(name="*")]) -> int:
    """Train the small network that finds people and heads, from scratch.

    It learns from synthetic people, from pictures with boxes, and from the scores of a larger
    network. On two processor cores, 100,000 pictures take about one hour with bfloat16 in hardware
    and two hours without; a GPU is used if there is one. The folder gets the network (ONNX),
    its card (JSON), and the loss curve.

    Example: passerby train detector --data ../shared/data -o training
    """
    with needing("train", "training"):
        from passerby.train.detector.run import DetectorPlan, train_detector  # noqa: PLC0415
    settings = TrainingSettings(
        pictures=options.pictures,
        batch=options.batch,
        learning_rate=options.learning_rate,
        cooldown=options.cooldown,
        ema_decay=options.ema_decay,
        seed=options.seed,
    )
    plan = DetectorPlan(
        _sources(options),
        settings,
        _unless_none(options.teacher),
        options.workers,
        _unless_none(options.start),
        options.start_share,
    )
    with shown_training(options.output, unit="steps") as report:
        path = train_detector(plan, options.output, report)
    say(str(path))
    return EXIT_OK


def _unless_none(name: str) -> str | None:
    return None if name == "none" else name


def _sources(options: _Options) -> Sources:
    """Choose what to learn from; a name that is no collection is an error."""
    left_out = {COLLECTIONS[name].name for name in options.leave_out}
    chosen = [
        name
        for name, collection in COLLECTIONS.items()
        if name not in left_out and (collection.ships or options.research)
    ]
    return Sources(
        options.data,
        tuple(chosen),
        clips=options.clips,
        worlds=options.worlds,
        crowds=options.crowds,
        head_model=_unless_none(options.head_model),
    )
