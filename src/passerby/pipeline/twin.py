"""The anonymized twin of a data set: the same files under the same names, anonymized."""

import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from passerby.datasets import DATASETS, ReidDataset
from passerby.datasets.splits import SPLIT_FILE, Partitions, partitions_in, write_partitions
from passerby.detection.combined import model_hashes
from passerby.detections import Kind
from passerby.errors import ConfigError, InputError, OutputError
from passerby.media import IMAGE_SUFFIXES
from passerby.pipeline.manifest import (
    MANIFEST,
    Entry,
    ManifestLog,
    read_manifest,
    totals,
    write_manifest,
)
from passerby.pipeline.report import sha256_of, versions
from passerby.pipeline.settings import Settings
from passerby.pipeline.stages import Pipeline, Result
from passerby.pipeline.workers import spread
from passerby.sinks import Encoding, ImageSink
from passerby.sources import ImageSource
from passerby.sources.inputs import check_readable

__all__ = ["Twin", "TwinSettings", "make_twin"]
