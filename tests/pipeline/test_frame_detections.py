"""Looks at frames: which ones, and what is passed on."""

import numpy as np
import pytest

from passerby.detections import Detections
from passerby.errors import DetectionError, InputError
from passerby.pipeline.frame_detections import detect_frames
from passerby.types import Frame, Image

ONE = Detections.of([[0, 0, 1, 1]])


def frames(count: int) -> list[Frame]:
    return [
        Frame(np.full((2, 2, 3), index, np.uint8), index=index, pts=index, time_base=1)
        for index in range(count)
    ]


@pytest.mark.parametrize(("every", "looked"), [(1, [0, 1, 2, 3, 4]), (2, [0, 2, 4]), (9, [0])])
def test_every_kth_frame_is_looked_at(every: int, looked: list[int]) -> None:
    seen: list[int] = []

    def detector(image: Image) -> Detections:
        seen.append(int(image[0, 0, 0]))
        return ONE

    looks = list(detect_frames(frames(5), detector, every))
    assert seen == [look.frame for look in looks] == [look.time for look in looks] == looked
    assert all(look.detections is ONE for look in looks)


def test_errors_pass_through() -> None:
    def broken(_image: Image) -> Detections:
        raise DetectionError("dark")

    def breaking_off():
        yield from frames(1)
        raise InputError("cut")

    with pytest.raises(DetectionError, match="dark"):
        list(detect_frames(frames(1), broken))
    with pytest.raises(InputError, match="cut"):
        list(detect_frames(breaking_off(), lambda _: ONE))
