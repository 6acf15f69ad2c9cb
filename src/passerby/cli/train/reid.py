"""``passerby train reid``: networks that find people again, from raw or anonymized images."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Group, Parameter
from cyclopts.validators import Number
from rich.console import Console

from passerby.cli.datasets.options import Which, WhichDataset
from passerby.cli.exit_codes import EXIT_OK
from passerby.cli.train.console import needing_extra, number, progress_bar
from passerby.cli.train.recipes import RecipeOptions
from passerby.errors import ConfigError
from passerby.pipeline.manifest import MANIFEST, read_manifest
from passerby.pipeline.settings import Settings
from passerby.pipeline.twin_pictures import TwinPictures

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from passerby.train.reid.progress import Progress, Report

__all__ = ["reid"]


@dataclass(frozen=True, kw_only=True)
class _What:
    """What is trained, on what."""

    data: Annotated[Path, Parameter(help="Folder of a data set, or of an anonymized twin of one.")]
    output: Annotated[
        Path,
        Parameter(
            name=["--output", "-o"],
            help="Folder for the network, its figures and its state. The same command goes on "
            "where it was interrupted.",
        ),
    ]
    model: Annotated[
        str,
        Parameter(
            help="bot, pcb, pcb-shared, pcb-rpp, mlfn, hacnn, resnet50mid, mudeep, osnet-x1.0, "
            "osnet-x0.25 or siamese-mobilenet."
        ),
    ] = "bot"
    option: Annotated[
        dict[str, str] | None,
        Parameter(help="Of the network: --option.width 0.5, --option.backbone resnet18."),
    ] = None
    weights: Annotated[
        str, Parameter(help="What to start from: scratch, imagenet, or a file of torch weights.")
    ] = "scratch"
    anonymize: Annotated[
        str | None,
        Parameter(help="Preset with which images are anonymized as they are read."),
    ] = None
    image_quality: Annotated[
        int,
        Parameter(
            validator=Number(gte=1, lte=100),
            help="Of the JPEG that anonymized images go through, as those of a twin do.",
        ),
    ] = 95
    detections: Annotated[
        str | None, Parameter(help="Take faces from this file instead of detecting them.")
    ] = None
    face_model: Annotated[str | None, Parameter(help="Face detector: a name.")] = None
    face_threshold: Annotated[
        float, Parameter(validator=Number(gt=0, lte=1), help="Lowest score of a face.")
    ] = 0.5
    condition: Annotated[
        str | None,
        Parameter(help="What the images are, for the record; by default the preset, or original."),
    ] = None

    @property
    def options(self) -> dict[str, object]:
        """Options of the network by name."""
        chosen = (self.option or {}).items()
        return {name.replace("-", "_"): _value(text) for name, text in chosen}

    @property
    def anonymizer(self) -> TwinPictures | None:
        """Read pictures as a twin would have them, if that is asked for."""
        if self.anonymize is None:
            return None
        if (self.data / MANIFEST).exists():
            raise ConfigError(f"{self.data} is anonymized already: leave --anonymize out")
        settings = Settings.of(
            preset=self.anonymize,
            detections=self.detections,
            face_model=self.face_model,
            face_threshold=self.face_threshold,
            image_quality=self.image_quality,
        )
        return TwinPictures(settings)

    @property
    def named_condition(self) -> str:
        """What the images are, in a word."""
        manifest = self.data / MANIFEST
        if self.condition is not None:
            return self.condition
        if manifest.exists():
            head, _ = read_manifest(manifest)
            preset: str | None = head["settings"]["cover"]["preset"]
            return preset or "anonymized"
        return self.anonymize or "original"


@dataclass(frozen=True, kw_only=True)
class _How:
    """What it is computed with."""

    seed: Annotated[int, number(0, "Of everything that is random.")] = 0
    precision: Annotated[
        Literal["auto", "bf16", "fp32"],
        Parameter(help="auto is bf16 where it is computed in hardware."),
    ] = "auto"
    accumulate: Annotated[
        int, number(1, "Into how many parts a batch is split, to need less memory.")
    ] = 1
    workers: Annotated[int, number(0, "Threads that prepare batches.")] = 1
    evaluate: Annotated[
        bool,
        Parameter(negative="--no-evaluate", help="Evaluate on queries and gallery in the end."),
    ] = True
    tensorboard: Annotated[bool, Parameter(help="Write the losses for TensorBoard too.")] = False


def reid(
    *,
    what: Annotated[_What, Parameter(name="*", group=Group("What is trained", sort_key=0))],
    which: Which = None,
    recipe: Annotated[
        RecipeOptions | None, Parameter(name="*", group=Group("Recipe", sort_key=3))
    ] = None,
    how: Annotated[_How | None, Parameter(name="*", group=Group("Machine", sort_key=4))] = None,
) -> int:
    """Train a network that finds people again, and evaluate it.

    The folder gets the network with its card (model.pt), its figures (results.json), and the curve
    of the losses. No image is written. A GPU is used where there is one; several by `torchrun
    --no-python --nproc-per-node 4 passerby train reid ...`.

    Example: passerby train reid --model bot --data Market-1501-v15.09.15 -o bot

    Example: passerby train reid --scale quick --data market --anonymize van-rooijen-9px -o nine

    Args:
        what: What is trained, on what.
        which: Which data set, and which split of it.
        recipe: Which recipe, and what of it to change.
        how: What it is computed with.
    """
    with needing_extra():
        from passerby.train.reid import recipes  # noqa: PLC0415
        from passerby.train.reid.run import RESULTS_FILE, Plan, train_reid  # noqa: PLC0415
    how, recipe = how or _How(), recipe or RecipeOptions()
    plan = Plan(
        model=what.model,
        recipe=recipe.apply(recipes.recipe(what.model, recipe.scale)),
        dataset=(which or WhichDataset()).read(what.data),
        seed=how.seed,
        weights=what.weights,
        anonymize=what.anonymizer,
        condition=what.named_condition,
        workers=how.workers,
        options=what.options,
        precision=how.precision,
        accumulate=how.accumulate,
        evaluates=how.evaluate,
        tensorboard=how.tensorboard,
    )
    with progress_bar("") as bar:
        path = train_reid(plan, what.output, _told(bar, plan.recipe.epochs))
    console = Console()
    console.print(f"{path}", soft_wrap=True)
    if (results := path.with_name(RESULTS_FILE)).exists():
        console.print(_summary(json.loads(results.read_text(encoding="utf-8"))))
    return EXIT_OK


def _told(bar: "Bar", epochs: int) -> "Report":
    """Show progress, one line a stage, and warnings above it."""
    tasks: dict[str, Any] = {}

    def tell(progress: "Progress") -> None:
        if progress.warning:
            bar.console.print(f"passerby: {progress.warning}", soft_wrap=True)
        text: str = progress.stage
        if progress.losses:
            text = f"epoch {progress.epoch}/{epochs}, loss {progress.losses['total']:.3f}"
        if progress.stage not in tasks:
            tasks[progress.stage] = bar.add_task(text)
        task = tasks[progress.stage]
        bar.update(task, completed=progress.done, total=progress.total, description=text)

    return tell


def _summary(results: dict[str, Any]) -> str:
    return f"rank-1 {results['rank1']:.4f}, mAP {results['mAP']:.4f}"


def _value(text: str) -> object:
    """Take a number or a truth value for what it is, and all else for a name."""
    try:
        return json.loads(text.lower())
    except json.JSONDecodeError:
        return text
