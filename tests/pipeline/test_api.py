"""What Python code calls, in the same words as the command line."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import passerby
from passerby.errors import ConfigError, InputError
from passerby.pipeline import api, stages
from passerby.pipeline.settings import Settings
from passerby.signatures.opening import default_model, open_describer
from passerby.signatures.stream import signatures
from passerby.sources import open_source
from passerby.types import AnonymizedFrame, Frame, Image, require_anonymized

Film = Callable[..., Path]


@pytest.fixture(autouse=True)
def no_kept_detectors() -> Iterator[None]:
    """Detectors are kept from call to call; no test shall meet those of another."""
    api._pipeline.cache_clear()
    api._detector.cache_clear()
    yield
    api._pipeline.cache_clear()
    api._detector.cache_clear()


def test_detectors_are_kept_from_call_to_call(bright_people: None) -> None:
    for _ in range(3):
        passerby.anonymize(picture())
    assert api._pipeline.cache_info().misses == 1


def picture() -> Image:
    image = np.full((64, 96, 3), 90, np.uint8)
    image[10:50, 20:30] = 255
    return image


def standing(_frame: int) -> list[tuple[int, int, int, int, int]]:
    return [(20, 10, 10, 40, 255)]


@pytest.mark.parametrize("wrap", [np.asarray, Frame])
def test_a_picture_is_covered_and_the_callers_stays_as_it_is(
    bright_people: None, wrap: Callable[[Image], object]
) -> None:
    image = picture()
    covered = passerby.anonymize(wrap(image), regions="heads", operator="blackout")
    assert isinstance(covered, AnonymizedFrame)
    assert not covered.image[12, 25].any()
    np.testing.assert_array_equal(covered.image[55:], image[55:])
    np.testing.assert_array_equal(image, picture())


def test_given_detections_need_no_detector() -> None:
    somebody = passerby.Detections.of([[60, 10, 70, 50]])
    covered = passerby.anonymize(picture(), detections=somebody, operator="blackout")
    assert not covered.image[12, 65].any()
    assert (covered.image[12, 25] == 255).all()


def test_a_frame_that_nobody_was_looked_for_in_is_told_from_one_that_hides_people(
    bright_people: None,
) -> None:
    nobody = passerby.anonymize(picture(), detections=passerby.Detections.none())
    np.testing.assert_array_equal(nobody.image, picture())
    assert nobody.protection.search == "given"
    with pytest.raises(passerby.PrivacyError, match="the detections were given"):
        require_anonymized(nobody, strong=True)
    looked = passerby.anonymize(picture())
    assert looked.protection.search == "looked for"
    assert require_anonymized(looked, strong=True) is looked


def test_options_are_those_of_the_command_line() -> None:
    assert not passerby.anonymize(picture(), regions="frame").image.any()
    blank = passerby.anonymize(picture(), regions="frame", operator="blank").image
    assert (blank == blank[0, 0]).all()
    with pytest.raises(ConfigError, match="did you mean regions"):
        passerby.anonymize(picture(), region="top")
    with pytest.raises(ConfigError, match="blackot"):
        passerby.anonymize(picture(), operator="blackot")


def test_a_failing_detector_covers_the_whole_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_image: Image) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(stages, "detectors_for", lambda kinds, settings: broken)
    covered = passerby.anonymize(picture())
    assert covered.covered_in_full
    assert not covered.image.any()


@pytest.mark.parametrize("spell", [str, Path, open_source], ids=["text", "path", "source"])
def test_a_stream_gives_every_frame_covered_and_in_order(
    film: Film, bright_people: None, spell: Callable[[Path], object]
) -> None:
    source = spell(film("a.mkv", standing, frames=20))
    results = list(passerby.anonymize_stream(source, operator="blackout"))
    assert [result.frame.index for result in results] == list(range(20))
    assert all(not result.frame.image[12, 25].any() for result in results)
    assert all(set(result.detections.tracks.tolist()) == {1} for result in results)


def test_a_stream_takes_settings_as_a_whole(film: Film) -> None:
    source = film("a.mkv", standing, frames=3)
    settings = Settings.of(regions="top", operator="blackout")
    results = list(passerby.anonymize_stream(source, settings))
    assert [bool(one.frame.image[:16].any()) for one in results] == [False] * 3
    assert [bool(one.frame.image[16:].any()) for one in results] == [True] * 3


def test_a_stream_that_is_left_early_lets_the_file_go(film: Film) -> None:
    path = film("a.mkv", standing, frames=50)
    stream = passerby.anonymize_stream(path, regions="top")
    next(stream)
    stream.close()
    descriptors = Path("/proc/self/fd")
    if not descriptors.is_dir():
        pytest.skip("needs a list of the process's open files")
    assert path.resolve() not in {link.resolve() for link in descriptors.iterdir()}


def test_a_stream_reads_a_loop_of_ones_own(bright_people: None) -> None:
    camera = (picture() for _ in range(7))
    results = list(passerby.anonymize_stream(camera, rate=25, operator="blackout"))
    assert [result.frame.index for result in results] == list(range(7))
    assert all(not result.frame.image[12, 25].any() for result in results)
    assert all((result.frame.image[55:] == picture()[55:]).all() for result in results)


def test_people_are_found_in_a_loop_of_ones_own(built_in_alone: str) -> None:
    looks = list(passerby.detect_stream([picture()] * 4, rate=10, every=2, size=96))
    assert [(look.frame, look.time) for look in looks] == [(0, 0), (2, pytest.approx(0.2))]


def test_what_cannot_be_read_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        list(passerby.anonymize_stream(tmp_path / "gone.mp4", regions="top"))
    with pytest.raises(ConfigError, match="cannot be read from int"):
        list(passerby.anonymize_stream(3, regions="top"))
    with pytest.raises(ConfigError, match="rate is for images"):
        list(passerby.anonymize_stream(tmp_path / "a.mp4", rate=25, regions="top"))


# --- Detecting -----------------------------------------------------------------------------


@pytest.mark.parametrize("wrap", [np.asarray, Frame])
def test_people_and_heads_in_a_picture_are_found(
    built_in_alone: str, wrap: Callable[[Image], object]
) -> None:
    image = np.zeros((64, 64, 3), np.uint8)
    image[24:32, 40:48] = 255
    found = passerby.detect(wrap(image), size=64)
    assert found.boxes.tolist() == [[36, 20, 52, 52], [36, 20, 52, 36]]
    assert found.kinds.tolist() == [passerby.Kind.PERSON, passerby.Kind.HEAD]


def test_a_detector_is_kept_from_call_to_call(built_in_alone: str) -> None:
    for _ in range(3):
        passerby.detect(picture())
    assert api._detector.cache_info().misses == 1


def test_every_kth_frame_of_a_video_is_looked_at(film: Film, built_in_alone: str) -> None:
    looks = list(passerby.detect_stream(film("a.mkv", standing, frames=7), every=3, size=96))
    assert [look.frame for look in looks] == [0, 3, 6]
    assert [look.time for look in looks] == pytest.approx([0, 0.12, 0.24])
    assert all(len(look.detections) > 0 for look in looks)


def test_what_is_wrong_with_detecting_is_an_error_of_ours(
    tmp_path: Path, built_in_alone: str
) -> None:
    with pytest.raises(ConfigError, match="did you mean threshold"):
        passerby.detect(picture(), thresholds=0.5)
    with pytest.raises(ConfigError, match="uint8"):
        passerby.detect(np.zeros((4, 4, 3)))
    with pytest.raises(InputError, match="does not exist"):
        list(passerby.detect_stream(tmp_path / "gone.mp4"))


# --- What cannot be taken -------------------------------------------------------------------

NONSENSE = [None, 5, "a.jpg", b"x", Path("a.jpg"), np.zeros((5, 5)), [[1]], [], object(), {}]
CALLS: dict[str, Callable[[Any], object]] = {
    "picture": lambda wrong: passerby.anonymize(wrong, regions="top"),
    "detect": passerby.detect,
    "describe": lambda wrong: passerby.describe(wrong, raw=True),
    "stream": lambda wrong: list(passerby.anonymize_stream(wrong, regions="top")),
    "frames": lambda wrong: list(passerby.anonymize_stream([wrong], regions="top")),
    "detections": lambda wrong: passerby.anonymize(picture(), detections=wrong),
    "settings": lambda wrong: list(passerby.anonymize_stream([picture()], wrong)),
    "rate": lambda wrong: list(passerby.anonymize_stream([picture()], rate=wrong, regions="top")),
    "boxes": passerby.Detections.of,
    "scores": lambda wrong: passerby.Detections.of([[1, 2, 3, 4]], scores=wrong),
    "option": lambda wrong: passerby.anonymize(picture(), regions="top", operator=wrong),
}
TAKEN = {("detections", 0), ("settings", 0), ("rate", 0), ("scores", 0), ("rate", 1), ("boxes", 7)}
"""Of these, nothing and a rate of 5 mean something, and an empty list is no box."""


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("number", range(len(NONSENSE)))
def test_what_cannot_be_taken_is_an_error_of_ours(
    bright_people: None, call: str, number: int
) -> None:
    if (call, number) in TAKEN:
        CALLS[call](NONSENSE[number])
        return
    with pytest.raises(passerby.PasserbyError):
        CALLS[call](NONSENSE[number])


# --- Signatures -----------------------------------------------------------------------------


def test_the_signature_of_a_picture_is_that_of_the_describer() -> None:
    covered = passerby.anonymize(picture(), regions="top")
    found = passerby.describe(covered)
    describer = open_describer(default_model())
    (expected,) = signatures(describer, [covered.image])
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("wrap", [np.asarray, Frame])
def test_raw_pictures_are_described_only_where_that_is_said(
    wrap: Callable[[Image], Frame | Image],
) -> None:
    with pytest.raises(passerby.PrivacyError, match=r"signatures of raw images .* raw=True"):
        passerby.describe(wrap(picture()))
    assert passerby.describe(wrap(picture()), raw=True).shape == (256,)
