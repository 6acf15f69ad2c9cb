"""Pictures of a training are read before its first epoch: a damaged one must not end it later."""

from passerby.datasets import ReidDataset
from passerby.train.engine.progress import Report, TrainingProgress
from passerby.train.reid.pictures import Pictures
from passerby.train.reid.plan import ReidPlan

__all__ = ["read_training_pictures"]


def read_training_pictures(
    plan: ReidPlan, paths: tuple[str, ...], report: Report, *, evaluates: bool
) -> Pictures:
    """Read the pictures to learn from, and find out whether those of the evaluation can be read.

    Args:
        plan: Of the training.
        paths: Of the pictures to learn from.
        report: Told how far it is, and if memory does not hold them all.
        evaluates: Whether this process evaluates in the end.

    Returns:
        The pictures to learn from.

    Raises:
        InputError: If any cannot be read.
    """
    tested = Pictures(plan.dataset, _tested(plan.dataset) if evaluates else (), memory=0)
    pictures = Pictures(plan.dataset, paths, plan.anonymize)
    before, count = len(tested), len(tested) + len(pictures)
    tested.read_all(plan.workers, lambda done: report(TrainingProgress("reading", done, count)))
    pictures.read_all(
        plan.workers, lambda done: report(TrainingProgress("reading", before + done, count))
    )
    if pictures.left_out:
        warning = (
            f"memory holds {len(paths) - pictures.left_out:,} of {len(paths):,} pictures; the "
            "others are read again in each epoch"
        )
        report(TrainingProgress("reading", count, count, warning=warning))
    return pictures


def _tested(dataset: ReidDataset) -> tuple[str, ...]:
    return tuple(path for subset in ("query", "gallery") for path in dataset.part(subset).paths)
