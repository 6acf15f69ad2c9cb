"""What a distillation learns from, and what must be known of it."""

from typing import Any

from passerby.geometry import Size
from passerby.models.lookup import model_sha256, resolve
from passerby.train.detector.collections import COLLECTIONS
from passerby.train.reid.distillation.composer import DistillationComposer
from passerby.train.reid.distillation.crops import crops_of, whole
from passerby.train.reid.distillation.teachers import Teachers
from passerby.train.reid.pictures import Pictures
from passerby.train.reid.plan import Distillation, ReidPlan

__all__ = ["distillation_composer", "distilled_from"]


def distillation_composer(
    plan: ReidPlan, teachers: Teachers, pictures: Pictures, size: Size
) -> DistillationComposer:
    """Join the pictures of the data set and the people in photographs.

    Raises:
        InputError: If a collection has no pictures, or one cannot be read.
    """
    crops = [whole(picture) for picture in pictures]
    asked = plan.distillation
    if asked is not None and asked.photographs is not None:
        collections = [COLLECTIONS[name] for name in asked.collections]
        crops += crops_of(collections, asked.photographs)
    return DistillationComposer(crops, teachers, plan.recipe, size, plan.seed)


def distilled_from(asked: Distillation) -> dict[str, Any]:
    """Say which teachers and photographs weights come from."""
    collections = [COLLECTIONS[name] for name in asked.collections]
    return {
        "teachers": [
            {"model": model, "sha256": model_sha256(resolve(model))} for model in asked.teachers
        ],
        "collections": [
            {"name": one.name, "source": one.source, "licence": one.licence} for one in collections
        ],
    }
