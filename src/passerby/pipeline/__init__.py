"""The one place that knows the order of the stages, from a source to a sink and a report."""

from passerby.pipeline.settings import Settings
from passerby.pipeline.stages import Pipeline, Result

__all__ = ["Pipeline", "Result", "Settings"]
