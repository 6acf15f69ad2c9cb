import numpy as np
import pytest

from passerby.attack.controls import CONTROLS

ALIKE = ("identity", "inversion", "hue-rotation", "channel-shuffle", "fixed-permutation")


def made(name, people, number=0):
    return CONTROLS[name].anonymize(people, number)


def test_there_are_controls_of_both_kinds():
    kinds = [control.hides for control in CONTROLS.values()]
    assert kinds.count("nothing") == 10
    assert kinds.count("everything") == 3


@pytest.mark.parametrize("name", CONTROLS)
def test_a_control_changes_no_size_and_leaves_what_it_is_given(name, crowd):
    few = crowd.take(np.arange(4))
    before = few.images.copy()
    images = made(name, few)
    assert images.shape == few.images.shape
    assert images.dtype == np.uint8
    np.testing.assert_array_equal(few.images, before)


@pytest.mark.parametrize("name", ALIKE)
def test_what_happens_to_each_pixel_loses_next_to_nothing(name, crowd):
    """Different pictures stay as different as they were, but for paler colours."""
    few = crowd.take(np.arange(4))
    images = made(name, few)
    values = {len(np.unique(one.reshape(-1, 3), axis=0)) for one in images}
    before = {len(np.unique(one.reshape(-1, 3), axis=0)) for one in few.images}
    assert min(values) > 0.5 * min(before)


def test_the_picture_is_in_the_low_bits_and_nowhere_else(crowd):
    few = crowd.take(np.arange(4))
    images = made("low-bits", few)
    np.testing.assert_array_equal(images & 0x0F, few.images >> 4)
    assert max(len(np.unique(one & 0xF0)) for one in images) <= 8 * 3


def test_tones_that_wrap_and_channels_that_are_added_can_be_undone(crowd):
    few = crowd.take(np.arange(4)).images.astype(int)
    names = ("tone-wrap", "channel-coupling")
    wrapped, coupled = (made(one, crowd.take(np.arange(4))).astype(int) for one in names)
    np.testing.assert_array_equal((wrapped - 37) * pow(5, -1, 256) % 256, few)
    blue, green, red = np.moveaxis(coupled, -1, 0)
    green = (green - blue // 4 - red // 4) % 256
    clear = np.stack([(blue - green) % 256, green, (red - 2 * green) % 256], axis=-1)
    np.testing.assert_array_equal(clear, few)


@pytest.mark.parametrize("name", ["tone-wrap", "channel-coupling"])
def test_no_affine_map_undoes_what_wraps(name, crowd):
    few = crowd.take(np.arange(20))
    seen = made(name, few).reshape(-1, 3).astype(float)
    clear = few.images.reshape(-1, 3).astype(float)
    design = np.column_stack([seen, np.ones(len(seen))])
    _, left, *_ = np.linalg.lstsq(design, clear, rcond=None)
    explained = 1 - left.sum() / np.square(clear - clear.mean(axis=0)).sum()
    assert explained < 0.7


def test_noise_is_another_in_each_frame_and_each_picture(crowd):
    few = crowd.take(np.array([0, 0]))
    first, second = made("frame-noise", few, 0)
    assert (first != second).mean() > 0.9
    assert (first != made("frame-noise", few, 1)[0]).mean() > 0.9
    np.testing.assert_array_equal(first, made("frame-noise", few, 0)[0])


def test_what_hides_everything_says_nothing_of_anybody(crowd):
    for name in ("black", "constant"):
        assert np.ptp(made(name, crowd), axis=0).max() == 0
    images = made("boxes-of-others", crowd)
    assert set(np.unique(images)) == {0, 255}
