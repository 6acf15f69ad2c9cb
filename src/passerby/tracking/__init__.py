"""Linking detections over time, so that a person missed in one frame is covered all the same."""

from passerby.tracking.known_tracks import KnownTracks
from passerby.tracking.settings import ANALYSIS, COVERING, TrackingSettings
from passerby.tracking.timeline import Release, Timeline
from passerby.tracking.tracker import Tracker

__all__ = [
    "ANALYSIS",
    "COVERING",
    "KnownTracks",
    "Release",
    "Timeline",
    "Tracker",
    "TrackingSettings",
]
