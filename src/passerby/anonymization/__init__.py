"""Which pixels of a frame are covered, and how: from `Frame` to `AnonymizedFrame`."""

from passerby.anonymization.anonymizer import Anonymizer
from passerby.anonymization.operators import OPERATORS, Operator
from passerby.anonymization.patches import Patch
from passerby.anonymization.presets import PRESETS, Preset
from passerby.anonymization.regions import REGIONS, Region
from passerby.anonymization.strength import Strength
from passerby.anonymization.zones import Zone
from passerby.time_range import TimeRange

__all__ = [
    "OPERATORS",
    "PRESETS",
    "REGIONS",
    "Anonymizer",
    "Operator",
    "Patch",
    "Preset",
    "Region",
    "Strength",
    "TimeRange",
    "Zone",
]
