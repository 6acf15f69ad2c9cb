"""The privacy boundary in one module of types."""

import copy
import pickle
from fractions import Fraction

import numpy as np
import pytest

from passerby.errors import ConfigError, PrivacyError
from passerby.protection import BLACK, UNKNOWN, Protection
from passerby.types import AnonymizedFrame, Frame, Image, require_anonymized, seal


@pytest.fixture
def picture() -> Image:
    return np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)


@pytest.fixture
def frame(picture: Image) -> Frame:
    return Frame(picture, index=7, pts=3, time_base=Fraction(1, 25))


@pytest.fixture
def sealed(frame: Frame, picture: Image) -> AnonymizedFrame:
    return seal(frame, np.zeros_like(picture))


class LookAlike:
    """Has all that an anonymized frame has, but did not pass the anonymizer."""

    __slots__ = AnonymizedFrame.__slots__

    def __init__(self, frame: Frame) -> None:
        self.image = frame.image
        self.alpha = None
        self.index, self.pts, self.time_base = 0, None, None
        self.covered_in_full = False


class Subclass(AnonymizedFrame):
    """Skips the refusing constructor."""

    def __init__(self) -> None:
        pass


# --- Frame ---------------------------------------------------------------------------------


def test_frame_shows_the_pixels_it_was_given(frame: Frame, picture: Image) -> None:
    assert np.array_equal(frame.image, picture)
    assert (frame.index, frame.pts, frame.time_base, frame.alpha) == (7, 3, Fraction(1, 25), None)


def test_some_pixels_of_a_frame_are_made_without_the_others(picture: Image) -> None:
    def never() -> Image:
        raise AssertionError

    large = np.repeat(np.repeat(picture, 100, axis=0), 100, axis=1)
    assert np.array_equal(Frame(large).sampled, large[::3, ::3])
    few = Frame(never, few=lambda: picture).sampled
    assert np.array_equal(few, picture)
    assert not few.flags.writeable


def test_frame_cannot_be_written_into_and_leaves_the_callers_array_writable(
    frame: Frame, picture: Image
) -> None:
    with pytest.raises(ValueError, match="read-only"):
        frame.image[0, 0] = 0
    with pytest.raises(ValueError, match="read-only"):
        frame.image[:] = 0
    with pytest.raises(ValueError, match="read-only"):
        np.add(frame.image, 1, out=frame.image)
    assert picture.flags.writeable


def test_frame_holds_the_pixels_without_a_copy(frame: Frame, picture: Image) -> None:
    assert np.shares_memory(frame.image, picture)


def test_frame_decodes_only_when_asked(picture: Image) -> None:
    calls: list[int] = []

    def decode() -> Image:
        calls.append(1)
        return picture

    lazy = Frame(decode)
    assert calls == []
    assert np.array_equal(lazy.image, picture)
    assert calls == [1]
    with pytest.raises(ValueError, match="read-only"):
        lazy.image[0, 0] = 0


def test_frame_checks_what_its_decoder_makes() -> None:
    lazy = Frame(lambda: np.zeros((4, 6), np.uint8))
    with pytest.raises(ConfigError, match=r"\(4, 6\)"):
        _ = lazy.image


@pytest.mark.parametrize(
    ("pts", "time_base", "seconds"),
    [
        (0, Fraction(1, 25), 0.0),
        (50, Fraction(1, 25), 2.0),
        (1001, Fraction(1, 30000), 1001 / 30000),
        (-3, Fraction(1, 2), -1.5),
        (None, Fraction(1, 25), None),
        (50, None, None),
        (None, None, None),
    ],
)
def test_time_is_pts_in_seconds(
    picture: Image, pts: int | None, time_base: Fraction | None, seconds: float | None
) -> None:
    assert Frame(picture, pts=pts, time_base=time_base).time == seconds


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((4, 6), np.uint8),
        np.zeros((4, 6, 1), np.uint8),
        np.zeros((4, 6, 4), np.uint8),
        np.zeros((1, 4, 6, 3), np.uint8),
        np.zeros((0, 6, 3), np.uint8),
        np.zeros((4, 0, 3), np.uint8),
        np.uint8(3),
    ],
    ids=lambda image: str(np.shape(image)),
)
def test_a_wrong_shape_is_refused(image: Image) -> None:
    with pytest.raises(ConfigError, match="an image must"):
        Frame(image)


@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.float32, np.bool_, object])
def test_a_wrong_dtype_is_refused_by_name(dtype: type) -> None:
    with pytest.raises(ConfigError, match=f"uint8 array, not {np.dtype(dtype)}"):
        Frame(np.zeros((4, 6, 3), dtype))


@pytest.mark.parametrize(
    ("image", "remedy"),
    [
        (None, "a camera has ended"),
        ("picture.png", "read the file first"),
        (b"pixels", "give an array"),
        ([[[1, 2, 3]]], "give an array"),
        (3.5, "give an array"),
    ],
)
def test_what_is_no_array_is_refused_by_its_type_with_a_remedy(image: object, remedy: str) -> None:
    with pytest.raises(ConfigError, match=f"not {type(image).__name__}: .*{remedy}"):
        Frame(image)  # type: ignore[arg-type]


@pytest.mark.parametrize("alpha", [np.zeros((6, 4), np.uint8), np.zeros((4, 6)), b"opaque"])
def test_opacity_that_does_not_fit_is_refused(picture: Image, alpha: Image) -> None:
    with pytest.raises(ConfigError, match="opacity"):
        Frame(picture, alpha=alpha)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_raw_frame_is_neither_copied_nor_pickled(frame: Frame, copied: object) -> None:
    for raw in (frame, Frame(lambda: frame.image)):
        with pytest.raises(PrivacyError, match="neither pickled nor copied"):
            copied(raw)  # type: ignore[operator]


def test_a_frame_is_shown_without_its_pixels(frame: Frame, sealed: AnonymizedFrame) -> None:
    assert repr(frame) == str(frame) == "<raw Frame 7, time 0.12>"
    assert "array" not in repr(sealed)
    assert "looked for" not in repr(sealed)
    assert "not known" in repr(sealed)


# --- seal ----------------------------------------------------------------------------------


def test_seal_keeps_place_and_time_of_the_frame_and_the_new_pixels(frame: Frame) -> None:
    covered = np.full((4, 6, 3), 9, np.uint8)
    alpha = np.full((4, 6), 128, np.uint8)
    sealed = seal(frame, covered, alpha=alpha, covered_in_full=True)
    assert np.array_equal(sealed.image, covered)
    assert np.array_equal(sealed.alpha, alpha)
    assert (sealed.index, sealed.pts, sealed.time_base) == (7, 3, Fraction(1, 25))
    assert sealed.covered_in_full is True


def test_seal_takes_neither_opacity_nor_full_cover_from_nowhere(
    frame: Frame, picture: Image
) -> None:
    with_alpha = Frame(picture, alpha=np.zeros((4, 6), np.uint8))
    sealed = seal(with_alpha, picture)
    assert sealed.alpha is None
    assert sealed.covered_in_full is False


def test_seal_notes_what_was_done(frame: Frame, picture: Image) -> None:
    heads = Protection(regions=("heads",), operator="blackout", search="looked for")
    assert seal(frame, picture, heads).protection is heads
    assert seal(frame, picture).protection is UNKNOWN


@pytest.mark.parametrize("alpha", [np.zeros((6, 4), np.uint8), np.zeros((4, 6), np.float32), b""])
def test_seal_checks_the_opacity(frame: Frame, picture: Image, alpha: Image) -> None:
    with pytest.raises(ConfigError, match="opacity"):
        seal(frame, picture, alpha=alpha)


def test_what_is_sealed_is_nobodys_to_change(frame: Frame) -> None:
    picture, alpha = np.full((4, 6, 3), 9, np.uint8), np.full((4, 6), 9, np.uint8)
    sealed = seal(frame, picture, alpha=alpha)
    picture[:] = alpha[:] = 0
    for array in (sealed.image, sealed.alpha):
        assert array is not None
        assert (array == 9).all()
        for one in (array, array.base):
            with pytest.raises(ValueError, match="WRITEABLE"):
                one.setflags(write=True)  # type: ignore[union-attr]


@pytest.mark.parametrize("image", [np.zeros((4, 6), np.uint8), np.zeros((4, 6, 3)), None])
def test_seal_checks_the_image(frame: Frame, image: Image) -> None:
    with pytest.raises(ConfigError, match="an image must"):
        seal(frame, image)


# --- AnonymizedFrame -----------------------------------------------------------------------


def test_cannot_be_made_by_hand() -> None:
    with pytest.raises(PrivacyError, match=r"passerby\.anonymize"):
        AnonymizedFrame()


@pytest.mark.parametrize("name", AnonymizedFrame.__slots__)
def test_cannot_be_changed(sealed: AnonymizedFrame, picture: Image, name: str) -> None:
    before = getattr(sealed, name)
    with pytest.raises(PrivacyError, match=name):
        setattr(sealed, name, picture)
    with pytest.raises(PrivacyError, match=name):
        delattr(sealed, name)
    assert getattr(sealed, name) is before


def test_pixels_cannot_be_written_back(sealed: AnonymizedFrame, picture: Image) -> None:
    with pytest.raises(ValueError, match="read-only"):
        sealed.image[:] = picture


def test_cannot_take_new_attributes(sealed: AnonymizedFrame) -> None:
    with pytest.raises(PrivacyError, match="raw"):
        sealed.raw = 1  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "make", [copy.copy, copy.deepcopy, pickle.dumps, lambda f: pickle.loads(pickle.dumps(f, 0))]
)
def test_cannot_be_made_by_copying_state(sealed: AnonymizedFrame, make: object) -> None:
    with pytest.raises(PrivacyError):
        make(sealed)  # type: ignore[operator]


def test_a_raw_frame_cannot_pose_by_changing_its_class(frame: Frame) -> None:
    with pytest.raises(TypeError, match="__class__"):
        frame.__class__ = AnonymizedFrame  # type: ignore[assignment]


def test_neither_class_derives_from_the_other() -> None:
    assert not issubclass(Frame, AnonymizedFrame)
    assert not issubclass(AnonymizedFrame, Frame)


# --- require_anonymized --------------------------------------------------------------------


def test_an_anonymized_frame_passes_as_it_is(sealed: AnonymizedFrame) -> None:
    assert require_anonymized(sealed) is sealed


def test_everything_else_is_refused_by_name(frame: Frame, picture: Image) -> None:
    for raw in (frame, picture, None, LookAlike(frame), Subclass(), AnonymizedFrame, b"", 0):
        with pytest.raises(PrivacyError, match=f"got {type(raw).__name__}:"):
            require_anonymized(raw)


def test_the_strong_kind_is_told_from_the_weak_one(frame: Frame, picture: Image) -> None:
    weak = Protection(operator="noise", search="looked for", weakness="noise is weak")
    strong = Protection(operator="blackout", search="looked for")
    for protection in (strong, BLACK):
        sealed = seal(frame, picture, protection)
        assert require_anonymized(sealed, strong=True) is sealed
    assert require_anonymized(seal(frame, picture, weak)).protection is weak
    with pytest.raises(PrivacyError, match="noise is weak"):
        require_anonymized(seal(frame, picture, weak), strong=True)
    with pytest.raises(PrivacyError, match="not known"):
        require_anonymized(seal(frame, picture), strong=True)
    with pytest.raises(PrivacyError, match="got Frame:"):
        require_anonymized(frame, strong=True)
