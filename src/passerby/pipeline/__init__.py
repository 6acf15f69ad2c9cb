"""The one place that knows the order of the stages, from a source to a sink and a report."""

from passerby.pipeline.settings import Settings
from passerby.pipeline.stages import FrameResult, Pipeline

__all__ = ["FrameResult", "Pipeline", "Settings"]
