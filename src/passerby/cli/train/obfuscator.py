"""``passerby train obfuscator``: networks that hide people from everything but a detector."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from passerby.cli.console import say
from passerby.cli.exit_codes import EXIT_OK
from passerby.cli.train.console import number, shown_training
from passerby.errors import ConfigError
from passerby.extras import needing
from passerby.files.plain import parse_json
from passerby.models.cards import Scale

if TYPE_CHECKING:
    from passerby.train.obfuscator.run import ObfuscatorPlan
    from passerby.train.obfuscator.settings import ObfuscatorRecipe

__all__ = ["obfuscator"]

_KINDS: dict[type, Any] = {int: int, float: int | float, str: str}
"""What a setting may become, by what it is."""


@dataclass(frozen=True, kw_only=True)
class _DataOptions:
    """What is learned from."""

    output: Annotated[
        Path,
        Parameter(
            name=["--output", "-o"],
            help="Folder for the network, its card, its state and pictures of synthetic people. "
            "The same command resumes an interrupted run.",
        ),
    ]
    data: Annotated[
        tuple[Path, ...],
        Parameter(
            help="Video, picture or folder of them; nobody in them has to be labelled. With the "
            "recipe johansson-lundberg, a folder of TVPR. Without it, only synthetic people are "
            "used."
        ),
    ] = ()
    frames: Annotated[
        int, number(1, "At most so many frames of each video, or pictures of each folder.")
    ] = 400
    worlds: Annotated[int, number(0, "Number of synthetic worlds, with six moments each.")] = 40
    upright: Annotated[
        float,
        Parameter(
            validator=Number(gte=0),
            help="Learn only from people who are at least so many times as tall as wide, such as "
            "1.4; 0 is everybody. A face that fills a picture cannot be hidden and still be found.",
        ),
    ] = 0.0
    views: Annotated[
        Literal[2, 4, 6, 8],
        Parameter(help="How often each person is cut out, at another size and place."),
    ] = 2
    windows: Annotated[
        int,
        number(
            0,
            "Windows of each picture that are aimed at nobody, which the recipe silhouettes learns "
            "from too: what is no person, and people from afar.",
        ),
    ] = 0
    person_model: Annotated[
        str | None, Parameter(help="Detector that says where people are, by name or path.")
    ] = None


@dataclass(frozen=True, kw_only=True)
class _RecipeOptions:
    """How it is learned."""

    recipe: Annotated[
        Literal["passerby", "silhouettes", "de-coninck", "johansson-lundberg"],
        Parameter(
            help="passerby bounds what attackers can rebuild; silhouettes lets through no more "
            "than where people are; the others are as published and bound nothing."
        ),
    ] = "passerby"
    scale: Annotated[
        Scale, Parameter(help="As published (paper), or short enough for two cores (quick).")
    ] = "quick"
    variant: Annotated[
        str | None,
        Parameter(help="Filter of johansson-lundberg: S1, S2, or R1 to R6 (tables 4.1, 4.2)."),
    ] = None
    network: Annotated[
        str | None, Parameter(help="Architecture of the obfuscator, as docs/choices.md lists them.")
    ] = None
    option: Annotated[
        dict[str, str] | None,
        Parameter(help="Options of the architecture: --option.width 0.5, --option.channels 48."),
    ] = None
    detector: Annotated[
        tuple[str, ...],
        Parameter(
            help="Detector that must go on finding people, by name or path of an ONNX file; more "
            "than one makes it work with others too."
        ),
    ] = ()
    set: Annotated[
        dict[str, str] | None,
        Parameter(
            help="Any other setting of the recipe: --set.limit 0.3, --set.epochs 10, "
            "--set.loss bounded. docs/training-obfuscators.md explains them."
        ),
    ] = None


@dataclass(frozen=True, kw_only=True)
class _MeasureOptions:
    """How it is measured, and with what it is computed."""

    attack_steps: Annotated[
        int, number(1, "Steps for which the fresh attackers learn whose figures are on the card.")
    ] = 1000
    attack_size: Annotated[
        Literal["small", "medium", "large"], Parameter(help="Of their U-Net.")
    ] = "medium"
    pictures: Annotated[
        bool,
        Parameter(
            negative="--no-pictures",
            help="Draw each epoch's synthetic people: clear, obfuscated and rebuilt.",
        ),
    ] = True
    seed: Annotated[int, Parameter(validator=Number(gte=0), help="Seed of all randomness.")] = 0


def obfuscator(
    *,
    what: Annotated[_DataOptions, Parameter(name="*", group=Group("Data", sort_key=0))],
    recipe: Annotated[
        _RecipeOptions | None, Parameter(name="*", group=Group("Recipe", sort_key=1))
    ] = None,
    measure: Annotated[
        _MeasureOptions | None, Parameter(name="*", group=Group("Measuring", sort_key=2))
    ] = None,
) -> int:
    """Train a network that hides people in whole frames, but not from person detectors.

    Frozen detectors say what they see in clear frames and must see it in obfuscated ones; attackers
    learn to rebuild the people, and the network learns to leave them nothing. What counts in the
    end is what an attacker finds out who is trained afresh: it is on the card. Raw pictures stay in
    memory.

    Example: passerby train obfuscator --data street.mp4 -o hidden

    Example: passerby train obfuscator --recipe de-coninck --data avenue.mp4 -o ghent

    Example: passerby train obfuscator --recipe johansson-lundberg --variant S2 -o lund

    Args:
        what: What is learned from.
        recipe: How.
        measure: How it is measured.
    """
    with needing("train", "training"):
        from passerby.train.obfuscator.run import CARD_FILE, train_obfuscator  # noqa: PLC0415
    plan = _plan(what, recipe or _RecipeOptions(), measure or _MeasureOptions())
    with shown_training(what.output, plan.recipe.epochs, unit="steps") as report:
        path = train_obfuscator(plan, what.output, report)
    say(str(path))
    say(_summary(json.loads(path.with_name(CARD_FILE).read_text(encoding="utf-8"))["figures"]))
    return EXIT_OK


def _plan(what: _DataOptions, how: _RecipeOptions, measure: _MeasureOptions) -> "ObfuscatorPlan":
    from passerby.train.obfuscator.data_sources import FrameSources  # noqa: PLC0415
    from passerby.train.obfuscator.fresh_attack import AttackSettings  # noqa: PLC0415
    from passerby.train.obfuscator.recipes import obfuscator_recipe  # noqa: PLC0415
    from passerby.train.obfuscator.run import ObfuscatorPlan  # noqa: PLC0415

    return ObfuscatorPlan(
        recipe=_changed(obfuscator_recipe(how.recipe, how.scale, how.variant), how),
        sources=FrameSources(
            what.data,
            what.frames,
            what.worlds,
            what.person_model,
            what.upright,
            what.views,
            what.windows,
        ),
        seed=measure.seed,
        attack=AttackSettings(
            size=measure.attack_size, steps=measure.attack_steps, seed=measure.seed
        ),
        pictures=measure.pictures,
    )


def _changed(chosen: "ObfuscatorRecipe", how: _RecipeOptions) -> "ObfuscatorRecipe":
    """Change what the user wants otherwise; what the recipe does not have is an error."""
    changes: dict[str, Any] = {
        name.replace("-", "_"): _value(text) for name, text in (how.set or {}).items()
    }
    if how.network is not None:
        changes["network"], changes["options"] = how.network, {}
    if how.option is not None:
        changes["options"] = {
            name.replace("-", "_"): _value(text) for name, text in how.option.items()
        }
    if how.detector:
        changes["detectors"] = how.detector
    known = type(chosen).__dataclass_fields__
    for name in changes:
        if name not in known:
            raise ConfigError(
                f"the recipe {how.recipe} has no {name}: it has {', '.join(sorted(known))}"
            )
    for name, value in list(changes.items()):
        before = known[name].default
        if isinstance(before, int | float | str) and not isinstance(value, _KINDS[type(before)]):
            raise ConfigError(f"{name} is {value!r}: give a value like {before!r}")
        if isinstance(before, tuple) and not isinstance(value, tuple):
            changes[name] = (value,)
    return replace(chosen, **changes)


def _value(text: str) -> object:
    """Take a number, a list or a truth value for what it is, and all else for a name."""
    try:
        value: object = parse_json(text)
    except ValueError:
        return tuple(text.split(",")) if "," in text else text
    return tuple(value) if isinstance(value, list) else value


def _summary(figures: dict[str, Any]) -> str:
    if "fresh_attack" not in figures:
        collapsed = "; the filter collapsed to one grey" if figures["collapsed"] else ""
        return (
            f"AP {figures['precision']:.3f}, AUC {figures['auc']:.3f}, of a fresh re-ID "
            f"{figures['fresh_auc']:.3f}{collapsed}"
        )
    found = ", ".join(
        f"{name} {'unknown' if value is None else f'{value:.3f}'}"
        for name, value in figures["person_ap50"].items()
    )
    explained = figures["fresh_attack"]["explained_people"]
    floor = figures["boxes_only"]["explained_people"]
    return (
        f"person AP {found}; a fresh attacker explains {explained:.3f} of people it has never "
        f"seen ({floor:.3f} from boxes alone)"
    )
