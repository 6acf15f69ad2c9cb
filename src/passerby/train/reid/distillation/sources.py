"""What a distillation learns from, and what must be known of it."""

from typing import Any

from passerby.models.lookup import model_sha256, resolve
from passerby.train.detector.collections import COLLECTIONS
from passerby.train.engine.progress import Report, TrainingProgress
from passerby.train.reid.distillation.composer import DistillationComposer
from passerby.train.reid.distillation.crops import crops_of, whole
from passerby.train.reid.distillation.objective import DistillationObjective
from passerby.train.reid.pictures import Pictures
from passerby.train.reid.plan import Distillation, ReidPlan

__all__ = ["AXES_FROM", "distillation_composer", "distilled_from"]

AXES_FROM = 1536
"""Views from which `DistillationObjective.choose_axes` chooses: three for each number that two
teachers say."""


def distillation_composer(
    plan: ReidPlan, pictures: Pictures, learner: DistillationObjective, report: Report
) -> DistillationComposer:
    """Join the pictures of the data set and the people in photographs.

    Args:
        plan: Of the training.
        pictures: Of the data set.
        learner: Has the teachers.
        report: Told how many photographs are read.

    Raises:
        InputError: If a collection has no pictures, or one cannot be read.
    """
    crops = [whole(picture) for picture in pictures]
    asked = plan.distillation
    if asked is not None and asked.photographs is not None:
        collections = [COLLECTIONS[name] for name in asked.collections]
        crops += crops_of(
            collections,
            asked.photographs,
            lambda done, count: report(TrainingProgress("photographs", done, count)),
        )
    return DistillationComposer(
        crops, learner.teachers, plan.recipe, learner.network.size, plan.seed
    )


def distilled_from(asked: Distillation) -> dict[str, Any]:
    """Say which teachers and photographs weights come from.

    Raises:
        ConfigError: If there is no such teacher.
        ModelError: If its file is missing.
    """
    collections = [COLLECTIONS[name] for name in asked.collections]
    return {
        "teachers": [
            {"model": model, "sha256": model_sha256(resolve(model))} for model in asked.teachers
        ],
        "collections": [
            {"name": one.name, "source": one.source, "licence": one.licence} for one in collections
        ],
    }
