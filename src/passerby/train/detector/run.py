"""A training from its sources to the file that can be used, in one folder that it can go on in."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from passerby.errors import ConfigError
from passerby.files.output_folder import OutputFolder
from passerby.files.partial import REPLACING, write_text
from passerby.models.lookup import model_sha256, resolve
from passerby.models.session import read_graph
from passerby.train.detector.batches import SceneComposer
from passerby.train.detector.blend import blend
from passerby.train.detector.collections import COLLECTIONS
from passerby.train.detector.export import export_detector
from passerby.train.detector.footage import FOOTAGE
from passerby.train.detector.loop import train_people_network
from passerby.train.detector.losses import Losses
from passerby.train.detector.pool import Pool, Sources
from passerby.train.detector.settings import TrainingSettings
from passerby.train.detector.teacher import Teacher
from passerby.train.engine.journal import journal
from passerby.train.engine.precision import computes_in_bfloat16
from passerby.train.engine.progress import Report, TrainingProgress

__all__ = ["DETECTOR_FILE", "DetectorPlan", "train_detector"]

DETECTOR_FILE = "passerby_people.onnx"


@dataclass(frozen=True, slots=True)
class DetectorPlan:
    """A whole training.

    Attributes:
        sources: What to learn from.
        settings: How to learn.
        teacher: Name or path of the YOLOX network to learn from; None for none.
        workers: Threads that make batches.
        start: Name or path of an exported network whose weights it starts from; None for random
            ones.
        start_share: Share of those weights in the network that is written, 0-1, see `blend`.
    """

    sources: Sources
    settings: TrainingSettings
    teacher: str | None = "yolox-nano"
    workers: int = 1
    start: str | None = None
    start_share: float = 0.0


def train_detector(
    plan: DetectorPlan, folder: Path, report: Report = lambda _progress: None
) -> Path:
    """Train, or go on with the training in ``folder``, and write the network and its card there.

    Args:
        plan: Of the training.
        folder: Gets the state, the curve of the losses, the ONNX file and its card.
        report: Told how far it is.

    Returns:
        The ONNX file.

    Raises:
        ConfigError: If there is nothing to learn from, or the share of the start is none.
        InputError: If a collection or clip cannot be read.
        ModelError: If a model that labels or teaches is missing, the state in the folder is of
            another training, or the losses stop being numbers.
        OutputError: If the folder cannot be written, or another run writes into it.
    """
    with OutputFolder.made(folder).locked():
        return _trained(plan, folder, report)


def _trained(plan: DetectorPlan, folder: Path, report: Report) -> Path:
    teacher = Teacher(resolve(plan.teacher)) if plan.teacher is not None else None
    if not 0 <= plan.start_share <= 1:
        raise ConfigError(f"the share of the start must be 0 to 1, not {plan.start_share}")
    start = None
    if plan.start is not None:
        start = resolve(plan.start)
        read_graph(start)  # what is wrong with it is said before the pictures are read
    report(TrainingProgress("reading", 0, 1))
    composer = SceneComposer(Pool(plan.sources), teacher, plan.settings)
    report(TrainingProgress("reading", 1, 1))
    with journal(folder, Losses._fields, report) as tell:
        network = train_people_network(
            composer,
            plan.settings,
            folder / "state.pt",
            workers=plan.workers,
            start=start,
            report=tell,
        )
    if start is not None and plan.start_share:
        blend(network, start, plan.start_share)
    path = folder / DETECTOR_FILE
    mixed = computes_in_bfloat16("auto", next(network.parameters()).device)
    export_detector(network, path)
    card = json.dumps(_card(plan, path, start, mixed=mixed), indent=2) + "\n"
    write_text(path.with_suffix(".json"), card, REPLACING)
    return path


def _card(plan: DetectorPlan, path: Path, start: Path | None, *, mixed: bool) -> dict[str, Any]:
    """What a user must know before trusting the file, but for its figures."""
    sources = plan.sources
    real = sources.data is not None
    collections = [COLLECTIONS[name] for name in sources.collections] if real else []
    clips = FOOTAGE if real and sources.clips else ()
    return {
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "size": path.stat().st_size,
        "date": datetime.now(UTC).date().isoformat(),
        "settings": asdict(plan.settings),
        "start": start
        and {"model": plan.start, "sha256": model_sha256(start), "share": plan.start_share},
        "precision": "bf16" if mixed else "fp32",
        "teacher": plan.teacher,
        "synthetic_worlds": sources.worlds,
        "synthetic_crowds": sources.crowds,
        "collections": [
            {"name": one.name, "source": one.source, "licence": one.licence} for one in collections
        ],
        "clips": [
            {"name": clip.file, "source": clip.source, "licence": clip.licence} for clip in clips
        ],
        "models_that_labelled": [
            *(sources.person_models if clips else ()),
            *((sources.face_model,) if real else ()),
            *((sources.head_model,) if real and sources.head_model else ()),
        ],
        "ships": all(one.ships for one in collections),
    }
