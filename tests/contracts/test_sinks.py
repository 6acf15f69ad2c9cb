"""Every sink refuses raw pixels at run time, on the day it is written.

A new class with a ``write`` under `passerby.sinks` fails here until it has a factory below.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from passerby import types
from passerby.anonymization.preview import preview
from passerby.errors import PrivacyError
from passerby.media import Medium
from passerby.protection import CELLS, UNKNOWN, Protection
from passerby.runtime.backoff import Backoff
from passerby.sinks import Encoding, open_sink
from passerby.sinks.attention_maps import AttentionMaps
from passerby.sinks.contact_sheet import ContactSheet
from passerby.sinks.formats import IMAGE_FORMATS, VIDEO_FORMATS
from passerby.sinks.images import ImageSink
from passerby.sinks.ranked_lists import RankedLists
from passerby.sinks.splicing import SplicingSink
from passerby.sinks.stream_sink import StreamSink
from passerby.sinks.videos import VideoSink
from passerby.sources import open_source
from passerby.types import AnonymizedFrame, Frame, Image, Sink, seal

Factory = Callable[[Path], Sink]

MEDIUM = Medium(
    name="made up",
    kind="live",
    width=64,
    height=48,
    rate=Fraction(25),
    time_base=Fraction(1, 25),
    frames=1,
)


class Receiver:
    """Stands for the other end of a live stream."""

    connected = True

    def send(self, frame: AnonymizedFrame, moment: float) -> None:
        pass

    def drop(self) -> None:
        pass


FACTORIES: dict[str, Factory] = {
    "AttentionMaps": lambda folder: AttentionMaps(folder / "out.png"),
    "ContactSheet": lambda folder: ContactSheet(folder / "out.png"),
    "ImageSink": lambda folder: ImageSink(folder / "out.png", MEDIUM, Encoding()),
    "RankedLists": lambda folder: RankedLists(folder / "out.png"),
    "SplicingSink": lambda folder: SplicingSink(
        folder / "out.mp4", MEDIUM, Encoding(), folder / "earlier.mp4", [(0, 2)], [0.0, 0.04]
    ),
    "VideoSink": lambda folder: VideoSink(folder / "out.mp4", MEDIUM, Encoding()),
    "StreamSink": lambda folder: StreamSink(
        "a receiver", MEDIUM, Receiver, retries=0, backoff=Backoff()
    ),
}


COMPARES = {"AttentionMaps", "RankedLists"}
"""Sinks that show people beside each other, who could be recognised by comparing: they take coarse
cells alone (decision 7)."""
WRITES = {"ContactSheet", "ImageSink", "SplicingSink", "StreamSink", "VideoSink"}
"""Sinks that write anonymized frames as they are."""


class LookAlike:
    """Has all that an anonymized frame has, but did not pass the anonymizer."""

    def __init__(self, image: Image) -> None:
        self.image = image
        self.alpha = None
        self.index = self.pts = 0
        self.time_base = Fraction(1, 25)
        self.covered_in_full = True


class Subclass(AnonymizedFrame):
    """Skips the constructor that refuses."""

    def __init__(self) -> None:
        pass


class LeakySink:
    """What the contract is there to catch: it takes all that has pixels."""

    def write(self, frame: Any) -> None:
        assert frame.image is not None


PIXELS: Image = np.full((48, 64, 3), 200, np.uint8)
RAW: dict[str, object] = {
    "raw frame": Frame(PIXELS, pts=0, time_base=Fraction(1, 25)),
    "array": PIXELS,
    "nothing": None,
    "look-alike": LookAlike(PIXELS),
    "subclass": Subclass(),
    "bytes": PIXELS.tobytes(),
    "list of anonymized frames": [seal(Frame(PIXELS), PIXELS)],
}


def good() -> AnonymizedFrame:
    """What every sink takes."""
    return seal(Frame(PIXELS, pts=0, time_base=Fraction(1, 25)), PIXELS, CELLS)


def refuses(sink: Any, raw: object) -> bool:
    """Whether ``sink`` says no to ``raw`` for the right reason."""
    try:
        sink.write(raw)
    except PrivacyError:
        return True
    except Exception:  # noqa: BLE001 - breaking on raw pixels is not the same as refusing them
        return False
    return False


def test_every_sink_has_a_factory_here(sink_classes: Mapping[str, type]) -> None:
    assert set(FACTORIES) == set(sink_classes)


def test_no_module_of_the_sinks_so_much_as_knows_the_raw_type(
    sink_classes: Mapping[str, type],
) -> None:
    modules = {name: sys.modules[name] for name in sys.modules if name.startswith("passerby.sinks")}
    assert {sink.__module__ for sink in sink_classes.values()} <= set(modules)
    knowing = [
        name
        for name, module in modules.items()
        if any(value is types.Frame for value in vars(module).values())
    ]
    assert knowing == []


@pytest.mark.parametrize("name", FACTORIES)
@pytest.mark.parametrize("raw", RAW)
def test_raw_pixels_are_refused_and_nothing_is_left(name: str, raw: str, tmp_path: Path) -> None:
    sink = FACTORIES[name](tmp_path)
    assert refuses(sink, RAW[raw])
    sink.abort()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", FACTORIES)
@pytest.mark.parametrize("raw", RAW)
def test_raw_pixels_are_refused_after_a_good_frame_too(name: str, raw: str, tmp_path: Path) -> None:
    sink = FACTORIES[name](tmp_path)
    sink.write(good())
    assert refuses(sink, RAW[raw])
    sink.abort()


@pytest.mark.parametrize("ending", [*IMAGE_FORMATS, *VIDEO_FORMATS])
def test_every_format_refuses_raw_pixels_and_takes_anonymized_ones(
    ending: str, tmp_path: Path
) -> None:
    medium = replace(MEDIUM, kind="image") if ending in IMAGE_FORMATS else MEDIUM
    target = tmp_path / f"out{ending}"
    sink = open_sink(target, medium)
    assert all(refuses(sink, raw) for raw in RAW.values())
    sink.write(seal(Frame(PIXELS, pts=0, time_base=Fraction(1, 25)), PIXELS))
    assert not target.exists()
    sink.commit()
    with open_source(target) as source:
        (frame,) = source
        assert np.abs(frame.image.astype(int) - PIXELS).max() < 4
        assert source.medium.kind == ("image" if ending in IMAGE_FORMATS else "video")


@pytest.mark.parametrize("name", FACTORIES)
def test_abort_leaves_nothing_and_may_be_called_twice(name: str, tmp_path: Path) -> None:
    sink = FACTORIES[name](tmp_path)
    sink.write(good())
    sink.abort()
    sink.abort()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_of_every_sink_it_is_known_whether_people_can_be_compared_in_it() -> None:
    assert {*COMPARES, *WRITES} == set(FACTORIES)
    assert not COMPARES & WRITES


@pytest.mark.parametrize("name", sorted(COMPARES))
def test_people_are_compared_as_coarse_cells_alone(name: str, tmp_path: Path) -> None:
    strong = Protection(regions=("heads",), operator="blackout", search="looked for")
    finer = replace(CELLS, strength="16")
    for protection in (strong, finer, UNKNOWN):
        sink = FACTORIES[name](tmp_path)
        assert refuses(sink, seal(Frame(PIXELS), PIXELS, protection))
        sink.write(preview(Frame(PIXELS)))
        sink.abort()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("raw", ["raw frame", "look-alike", "array"])
def test_a_leaky_sink_would_be_caught(raw: str) -> None:
    assert not refuses(LeakySink(), RAW[raw])
