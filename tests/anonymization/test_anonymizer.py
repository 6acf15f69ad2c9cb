"""The gate: what it covers, what it leaves, and that it fails covered."""

import logging
from collections.abc import Iterator
from dataclasses import FrozenInstanceError
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from passerby.anonymization.anonymizer import Anonymizer
from passerby.anonymization.operators import OPERATORS, Operator
from passerby.anonymization.patches import Patch
from passerby.anonymization.regions import REGIONS, Region
from passerby.anonymization.strength import Strength
from passerby.anonymization.zones import Zone
from passerby.detections import Detections, Kind
from passerby.errors import ConfigError
from passerby.protection import BLACK, Protection
from passerby.registry import Registry
from passerby.time_range import TimeRange
from passerby.types import Frame, Image

HEIGHT, WIDTH = 60, 80
IMAGE = np.random.default_rng(9).integers(1, 256, (HEIGHT, WIDTH, 3), np.uint8)
FACES = Detections.of([[20, 20, 40, 40]], kinds=Kind.FACE, tracks=[2])
FACE = np.s_[20:40, 20:40]


def frame(time: float | None = None, **arguments: Any) -> Frame:
    pts = None if time is None else round(time * 10)
    return Frame(IMAGE, pts=pts, time_base=Fraction(1, 10), **arguments)


@pytest.fixture
def join(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Add a region or an operator for the length of one test."""

    def add(registry: Registry[Any], entry: object) -> None:
        monkeypatch.setitem(registry._entries, "made-up", entry)

    return add


# --- what is covered ----------------------------------------------------------------------


def test_inside_is_covered_and_outside_identical() -> None:
    sealed = Anonymizer(regions=("faces",), operator="blackout")(frame(), FACES)
    assert not sealed.image[FACE].any()
    np.testing.assert_array_equal(sealed.image[:, 47:], IMAGE[:, 47:])
    assert not sealed.covered_in_full


def test_regions_are_united() -> None:
    sealed = Anonymizer(regions=("faces", "top"), operator="blackout")(frame(), FACES)
    assert not sealed.image[:15].any()
    assert not sealed.image[FACE].any()
    assert sealed.image[50:].all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shape": "star"}, "ellipse or box"),
        ({"margin": -0.1}, "0 to 3"),
        ({"margin": 3.5}, "0 to 3"),
        ({"margin": float("nan")}, "0 to 3"),
    ],
)
def test_a_shape_or_margin_that_cannot_be_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Anonymizer(**options)


def test_a_larger_margin_covers_more_and_a_box_more_than_an_ellipse() -> None:
    def covered(**options: Any) -> int:
        sealed = Anonymizer(regions=("faces",), operator="blackout", **options)(frame(), FACES)
        return int((sealed.image == 0).all(axis=2).sum())

    assert covered(margin=0.1) < covered(margin=0.5)
    assert covered(shape="ellipse") < covered(shape="box")


def test_index_and_times_stay() -> None:
    sealed = Anonymizer()(Frame(IMAGE, index=7, pts=3, time_base=Fraction(1, 25)), FACES)
    assert (sealed.index, sealed.pts, sealed.time_base) == (7, 3, Fraction(1, 25))


def test_kinds_are_those_of_the_regions() -> None:
    assert Anonymizer(regions=("frame", "top")).kinds == frozenset()
    assert Anonymizer(regions=("faces", "motion")).kinds == {Kind.FACE, Kind.MOTION}
    assert Anonymizer(preset="dietlmeier-blur").kinds == {Kind.FACE}
    assert Anonymizer().kinds == {Kind.PERSON, Kind.HEAD, Kind.FACE}


def test_the_strength_reaches_the_operator() -> None:
    weak = Anonymizer(regions=("frame",), operator="pixelate", strength=Strength(20))
    sealed = weak(frame(), Detections.none())
    assert len(np.unique(sealed.image.reshape(-1, 3), axis=0)) > 36


def test_the_callers_array_is_neither_written_to_nor_kept() -> None:
    mine = IMAGE.copy()
    sealed = Anonymizer()(Frame(mine), Detections.none())
    np.testing.assert_array_equal(mine, IMAGE)
    mine[:] = 0
    np.testing.assert_array_equal(sealed.image, IMAGE)
    assert not sealed.image.flags.writeable


def test_overlaps_are_covered_at_least_as_well_as_by_either() -> None:
    # The small box alone would keep detail that the large one takes away.
    boxes = Detections.of([[0, 0, 80, 60], [30, 30, 40, 40]], kinds=Kind.FACE)
    both = Anonymizer(regions=("faces",), operator="median")(frame(), boxes)
    large = Anonymizer(regions=("faces",), operator="median")(frame(), boxes[:1])
    assert both.image[30:40, 30:40].std() <= large.image[30:40, 30:40].std()


def test_inpainting_reads_no_raw_pixel_of_a_patch_beside_it() -> None:
    beside = Detections.of([[10, 10, 30, 50], [30, 10, 50, 50]], kinds=Kind.FACE)
    one = IMAGE.copy()
    one[10:50, 30:50] = np.roll(one[10:50, 30:50], 11, axis=0)
    inpaint = Anonymizer(preset="dietlmeier-inpaint")
    first, second = inpaint(frame(), beside), inpaint(Frame(one), beside)
    np.testing.assert_array_equal(first.image, second.image)


# --- what it says of itself ---------------------------------------------------------------

LEAVE = Zone(((0, 0), (1, 0), (1, 1), (0, 1)), "leave")


def test_a_frame_carries_what_was_done_to_it() -> None:
    gaussian = Anonymizer(
        regions=("faces", "heads"), operator="gaussian", strength=Strength(9, "%")
    )
    assert gaussian(frame(), FACES, "looked for").protection == Protection(
        regions=("faces", "heads"),
        operator="gaussian",
        strength="9%",
        search="looked for",
        weakness="gaussian at 9% is weaker than its default: blackout hides people",
    )
    preset = Anonymizer(preset="dietlmeier-zero")(frame(), FACES, "looked for")
    assert preset.protection == Protection(preset="dietlmeier-zero", search="looked for")


@pytest.mark.parametrize(
    ("anonymize", "how", "weakness"),
    [
        (Anonymizer(), {"search": "looked for"}, None),
        (Anonymizer(regions=("frame",)), {}, None),
        (Anonymizer(regions=("top",)), {"search": "given"}, None),
        (Anonymizer(regions=("objects",)), {"search": "looked for"}, "leaves people uncovered"),
        (Anonymizer(regions=("heads", "objects")), {"search": "looked for"}, None),
        (Anonymizer(regions=("frame", "objects")), {"search": "looked for"}, None),
        (Anonymizer(), {}, "the detections were given"),
        (Anonymizer(), {"search": "looked for", "spared": True}, "left uncovered by choice"),
        (Anonymizer(operator="noise"), {"search": "looked for"}, "noise is weak"),
        (Anonymizer(preset="de-coninck-blur"), {}, "hides nobody"),
        (Anonymizer(zones=(LEAVE,)), {"search": "looked for"}, "a zone is left uncovered"),
        (Anonymizer(leave_times=(TimeRange(2, 4),)), {"search": "looked for"}, "at some time"),
        (Anonymizer(leave_times=(TimeRange(4, 5),)), {"search": "looked for"}, None),
        (Anonymizer(cover_times=(TimeRange(2, 4),), operator="noise"), {}, None),
    ],
)
def test_what_may_show_somebody_says_so(
    anonymize: Anonymizer, how: dict[str, Any], weakness: str | None
) -> None:
    said = anonymize(frame(3.0), FACES, **how).protection.weakness
    assert said is None if weakness is None else weakness in str(said)


def test_what_needs_no_detections_says_so() -> None:
    assert Anonymizer(regions=("top",))(frame(), FACES).protection.search == "not needed"
    assert Anonymizer()(frame(), FACES).protection.search == "given"


def test_a_frame_that_is_covered_in_doubt_hides_people_whatever_was_asked_for() -> None:
    failed = Anonymizer(operator="noise")(frame(), Detections.failed("no network"))
    assert failed.protection == BLACK
    assert not failed.image.any()


# --- transparency -------------------------------------------------------------------------


def test_alpha_becomes_opaque_inside_the_patches_only() -> None:
    alpha = np.random.default_rng(1).integers(0, 255, (HEIGHT, WIDTH), np.uint8)
    kept = alpha.copy()
    sealed = Anonymizer(preset="dietlmeier-zero")(frame(alpha=alpha), FACES)
    assert sealed.alpha is not None
    inside = np.zeros((HEIGHT, WIDTH), np.bool_)
    inside[FACE] = True
    np.testing.assert_array_equal(sealed.alpha, np.where(inside, 255, kept))
    np.testing.assert_array_equal(alpha, kept)
    assert not sealed.alpha.flags.writeable


def test_alpha_follows_a_silhouette() -> None:
    mask = np.zeros((HEIGHT, WIDTH), np.bool_)
    mask[20:40, 30:35] = True
    alpha = np.ones((HEIGHT, WIDTH), np.uint8)
    people = Detections.of([[10, 10, 60, 50]], masks=(mask,))
    sealed = Anonymizer(regions=("people",), operator="blackout")(frame(alpha=alpha), people)
    assert sealed.alpha is not None
    np.testing.assert_array_equal(sealed.alpha == 255, ~sealed.image.any(axis=2))
    assert (sealed.alpha == 255)[mask].all()


def test_what_nobody_sees_leaves_no_colour() -> None:
    alpha = np.ones((HEIGHT, WIDTH), np.uint8)
    alpha[:, ::2] = 0
    sealed = Anonymizer()(frame(alpha=alpha), Detections.none())
    assert not sealed.image[:, ::2].any()
    np.testing.assert_array_equal(sealed.image[:, 1::2], frame().image[:, 1::2])


@pytest.mark.parametrize("operator", [n for n, o in OPERATORS.items() if not o.whole_frame])
def test_no_operator_sees_what_was_erased(operator: str) -> None:
    """Else a blurred face would come out where there was none."""
    alpha = np.zeros((HEIGHT, WIDTH), np.uint8)
    erased = frame(alpha=alpha)
    nothing = Frame(np.zeros_like(erased.image), alpha=alpha)
    anonymize = Anonymizer(regions=("faces",), operator=operator, seed=7)
    np.testing.assert_array_equal(anonymize(erased, FACES).image, anonymize(nothing, FACES).image)


def test_alpha_is_dropped_when_covered_in_full() -> None:
    sealed = Anonymizer().cover(frame(alpha=np.zeros((HEIGHT, WIDTH), np.uint8)))
    assert sealed.alpha is None
    assert sealed.covered_in_full
    assert not sealed.image.any()


# --- it fails covered ---------------------------------------------------------------------


def test_opacity_of_another_size_covers_all_of_it(caplog: pytest.LogCaptureFixture) -> None:
    odd = Frame(lambda: IMAGE, alpha=np.zeros((HEIGHT, 1), np.uint8))
    assert Anonymizer()(odd, FACES).covered_in_full


def covered_after(anonymize: Anonymizer, caplog: pytest.LogCaptureFixture) -> bool:
    with caplog.at_level(logging.WARNING):
        sealed = anonymize(frame(alpha=np.ones((HEIGHT, WIDTH), np.uint8)), FACES)
    assert "covered in full" in caplog.text
    return sealed.covered_in_full and sealed.alpha is None and not sealed.image.any()


def test_failed_detection_covers_all_of_it() -> None:
    zone = Zone(((0, 0), (1, 0), (1, 1), (0, 1)), "leave")
    anonymize = Anonymizer(zones=(zone,), leave_times=(TimeRange(0),))
    sealed = anonymize(frame(time=1), Detections.failed("the detector stalled"))
    assert sealed.covered_in_full
    assert not sealed.image.any()


@pytest.mark.parametrize("error", [ValueError("x"), MemoryError(), ConfigError("x"), KeyError(1)])
def test_a_broken_operator_covers_all_of_it(
    join: Any, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def broken(*_: object) -> Image:
        raise error

    join(OPERATORS, Operator(summary="", apply=broken))
    assert covered_after(Anonymizer(regions=("faces",), operator="made-up"), caplog)


@pytest.mark.parametrize("error", [ValueError("x"), RuntimeError("x")])
def test_a_broken_region_covers_all_of_it(
    join: Any, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def broken(*_: object) -> list[Patch]:
        raise error

    join(REGIONS, Region("", frozenset(), broken))
    assert covered_after(Anonymizer(regions=("made-up",)), caplog)


@pytest.mark.parametrize(
    "result",
    [
        np.zeros((1, 1, 3), np.uint8),
        np.zeros((HEIGHT, WIDTH), np.uint8),
        np.zeros((HEIGHT, WIDTH, 3), np.float32),
        None,
    ],
)
def test_an_operator_with_a_wrong_result_covers_all_of_it(
    join: Any, caplog: pytest.LogCaptureFixture, result: Any
) -> None:
    join(OPERATORS, Operator(summary="", apply=lambda *_: result))
    assert covered_after(Anonymizer(regions=("frame",), operator="made-up"), caplog)


def test_an_operator_cannot_write_into_the_picture(
    join: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def vandal(image: Image, *_: object) -> Image:
        image[:] = 7
        return image

    join(OPERATORS, Operator(summary="", apply=vandal))
    assert covered_after(Anonymizer(regions=("frame",), operator="made-up"), caplog)


def test_a_patch_that_reaches_outside_covers_all_of_it(
    join: Any, caplog: pytest.LogCaptureFixture
) -> None:
    outside = Region("", frozenset(), lambda *_: [Patch((0, 0, WIDTH + 1, HEIGHT))])
    join(REGIONS, outside)
    assert covered_after(Anonymizer(regions=("made-up",), operator="median"), caplog)


# --- zones and times ----------------------------------------------------------------------

LEFT_HALF = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))


def test_zones_cover_and_leave() -> None:
    leave = Anonymizer(regions=("frame",), zones=(Zone(LEFT_HALF, "leave"),))
    sealed = leave(frame(), Detections.none())
    np.testing.assert_array_equal(sealed.image[:, :38], IMAGE[:, :38])
    assert not sealed.image[:, 41:].any()
    cover = Anonymizer(regions=("faces",), zones=(Zone(LEFT_HALF, "cover"),))
    sealed = cover(frame(), Detections.none())
    assert not sealed.image[:, :40].any()
    np.testing.assert_array_equal(sealed.image[:, 42:], IMAGE[:, 42:])


def test_times_to_cover_are_black_but_not_in_doubt() -> None:
    anonymize = Anonymizer(regions=("faces",), cover_times=(TimeRange(1, 2),))
    assert anonymize(frame(time=0.9), Detections.none()).image.any()
    sealed = anonymize(frame(time=1), Detections.none())
    assert not sealed.image.any()
    assert not sealed.covered_in_full


def test_a_frame_without_a_time_may_be_in_a_time_to_cover() -> None:
    sealed = Anonymizer(cover_times=(TimeRange(1, 2),))(frame(), Detections.none())
    assert sealed.covered_in_full
    assert not sealed.image.any()


def test_times_to_leave_are_clear_but_for_zones_to_cover() -> None:
    zone = Zone(LEFT_HALF, "cover")
    anonymize = Anonymizer(regions=("frame",), zones=(zone,), leave_times=(TimeRange(1, 2),))
    sealed = anonymize(frame(time=1.5), FACES)
    assert not sealed.image[:, :40].any()
    np.testing.assert_array_equal(sealed.image[:, 42:], IMAGE[:, 42:])
    for other in (anonymize(frame(time=2.5), FACES), anonymize(frame(), FACES)):
        assert not other.image.any()


def test_times_to_cover_win() -> None:
    anonymize = Anonymizer(cover_times=(TimeRange(1, 2),), leave_times=(TimeRange(0),))
    assert not anonymize(frame(time=1.5), FACES).image.any()


# --- seeds --------------------------------------------------------------------------------


def noise_of(seed: int | None, index: int = 0) -> Image:
    anonymize = Anonymizer(regions=("frame",), operator="noise", seed=seed)
    return anonymize(frame(index=index), Detections.none()).image


def test_a_seed_makes_noise_repeatable() -> None:
    np.testing.assert_array_equal(noise_of(5), noise_of(5))
    assert (noise_of(5) != noise_of(6)).mean() > 0.4


def test_noise_never_repeats_by_itself_nor_from_frame_to_frame() -> None:
    assert (noise_of(None) != noise_of(None)).mean() > 0.4
    assert (noise_of(5, index=0) != noise_of(5, index=1)).mean() > 0.4


def test_noise_differs_from_patch_to_patch() -> None:
    grey = Frame(np.full((20, 40, 3), 128, np.uint8))
    anonymize = Anonymizer(regions=("people",), operator="noise", seed=5)
    image = anonymize(grey, Detections.of([[2, 2, 16, 16], [22, 2, 36, 16]])).image
    assert (image[2:16, 2:16] != image[2:16, 22:36]).mean() > 0.4


# --- configuration ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"regions": ("hands",)}, "hands"),
        ({"regions": ()}, "no region"),
        ({"operator": "smear"}, "smear"),
        ({"preset": "nobody-2020"}, "nobody-2020"),
        ({"operator": "blackout", "strength": Strength(15, "px")}, "'blackout'.*15px"),
        ({"operator": "median", "strength": Strength(15)}, "'median'"),
        ({"operator": "quantize", "strength": Strength(256)}, "256"),
        ({"preset": "van-rooijen-3px", "regions": ("faces",)}, "van-rooijen-3px"),
        ({"preset": "van-rooijen-3px", "operator": "median"}, "van-rooijen-3px"),
        ({"preset": "van-rooijen-3px", "strength": Strength(15, "px")}, "van-rooijen-3px"),
        ({"seed": -1}, "-1"),
    ],
)
def test_what_does_not_fit_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Anonymizer(**arguments)


def test_the_configuration_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Anonymizer().operator = "none"  # type: ignore[misc]
