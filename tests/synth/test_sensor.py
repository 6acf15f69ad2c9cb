import numpy as np
import pytest

from passerby.synth.sensor import Sensor

GREY = np.full((120, 160, 3), 100, np.uint8)


def exposed(image=GREY, index=0, **flaws):
    return Sensor(**{"noise": 0.0, "blur": 0.1, **flaws}).prepared(160, 120)(image, index)


def test_a_perfect_sensor_changes_nothing():
    np.testing.assert_array_equal(exposed(), GREY)


def test_noise_is_as_strong_as_asked_for_and_new_in_each_frame():
    first, second = (exposed(noise=5.0, index=index).astype(float) for index in (0, 1))
    assert first.std() == pytest.approx(5, rel=0.05)
    assert first.mean() == pytest.approx(100, abs=0.2)
    assert np.corrcoef(first.ravel(), second.ravel())[0, 1] < 0.1


def test_the_cast_scales_the_channels():
    assert exposed(gains=(0.9, 1.0, 1.1))[0, 0].tolist() == [90, 100, 110]


def test_gamma_bends_the_curve():
    assert exposed(gamma=0.8)[0, 0, 0] == round(255 * (100 / 255) ** 0.8)


def test_jpeg_loses_detail():
    busy = np.random.default_rng(0).integers(0, 255, GREY.shape, dtype=np.uint8)
    worse, better = (
        np.abs(exposed(busy, quality=quality).astype(int) - busy).mean() for quality in (20, 95)
    )
    assert worse > better > 0


def test_seeds_draw_cameras():
    assert Sensor.random(1) == Sensor.random(1) != Sensor.random(2)
