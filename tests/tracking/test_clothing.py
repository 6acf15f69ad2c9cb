import numpy as np
import pytest

from passerby.tracking.clothing import HISTOGRAM_SIZE, clothing

RED, BLUE, GREEN, WHITE = (30, 30, 220), (220, 30, 30), (30, 220, 30), (250, 250, 250)


def dressed(shirt: tuple[int, int, int], trousers: tuple[int, int, int]) -> np.ndarray:
    """Somebody 40 wide and 100 high with a white head before grey."""
    picture = np.full((100, 40, 3), 128, np.uint8)
    picture[:16, 12:28] = WHITE
    picture[16:50, 8:32] = shirt
    picture[50:, 8:32] = trousers
    return picture


def alike(first: np.ndarray, second: np.ndarray) -> float:
    box = np.array([[0, 0, 40, 100]], np.float32)
    return float(clothing(first, box)[0] @ clothing(second, box)[0])


def test_the_same_clothes_are_alike_and_others_are_not() -> None:
    person = dressed(RED, BLUE)
    assert alike(person, person) == pytest.approx(1)
    assert alike(person, dressed(RED, GREEN)) == pytest.approx(0.5)
    assert alike(person, dressed(BLUE, RED)) == pytest.approx(0)


def test_a_little_more_light_changes_nothing() -> None:
    assert alike(dressed(RED, BLUE), dressed(RED, BLUE) + np.uint8(4)) == pytest.approx(1)


def test_the_head_and_the_background_say_nothing() -> None:
    person = dressed(RED, BLUE)
    other = person.copy()
    other[:16] = 0
    other[:, :8] = 255
    other[:, 32:] = 255
    assert alike(person, other) == pytest.approx(1)


def test_who_reaches_out_of_the_picture_is_described_by_what_is_in_it() -> None:
    person = dressed(RED, BLUE)
    cut = np.array([[0, -50, 40, 50]], np.float32)
    assert float(clothing(person[50:], cut)[0] @ clothing(person, cut)[0]) <= 1
    away = np.array([[500, 0, 540, 100], [0, 0, 40, 100]], np.float32)
    nobody, somebody = clothing(person, away)
    assert nobody.shape == (HISTOGRAM_SIZE,)
    assert not nobody.any()
    assert np.linalg.norm(somebody) == pytest.approx(1)


def test_boxes_without_an_inside_do_no_harm() -> None:
    odd = np.array([[5, 5, 5, 5], [30, 90, 10, 20]], np.float32)
    assert np.isfinite(clothing(dressed(RED, BLUE), odd)).all()
    assert clothing(dressed(RED, BLUE), odd[:0]).shape == (0, HISTOGRAM_SIZE)
