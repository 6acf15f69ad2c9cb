"""What becomes a label in a clip that nobody has labelled."""

import cv2
import numpy as np
import pytest

from passerby.detections import Detections, Kind
from passerby.errors import InputError
from passerby.train.detector.clips import agreed, clip_examples

NEAR, MOVED, FAR = [10, 10, 30, 60], [12, 10, 32, 60], [70, 10, 90, 60]


def test_one_sure_detector_is_believed_alone():
    certain, doubtful = agreed([Detections.of([NEAR], [0.6])])
    assert certain.boxes.tolist() == [NEAR]
    assert len(doubtful) == 0


def test_an_unsure_detector_is_believed_where_another_sees_the_same():
    certain, _ = agreed([Detections.of([NEAR, FAR], [0.15, 0.15]), Detections.of([MOVED], [0.1])])
    assert certain.boxes.tolist() == [NEAR]


def test_an_unsure_detector_alone_is_a_doubt_and_so_is_what_only_another_sees():
    first, other = Detections.of([NEAR], [0.3]), Detections.of([FAR], [0.9])
    certain, doubtful = agreed([first, other])
    assert len(certain) == 0
    assert doubtful.tolist() == [NEAR, FAR]


def test_very_weak_boxes_are_not_even_doubts():
    certain, doubtful = agreed([Detections.of([NEAR], [0.15]), Detections.of([FAR], [0.1])])
    assert len(certain) == 0
    assert len(doubtful) == 0


def test_only_people_count():
    heads = Detections.of([NEAR], [0.9], Kind.HEAD)
    certain, doubtful = agreed([heads, heads])
    assert len(certain) == 0
    assert len(doubtful) == 0


def test_where_nobody_sees_anybody_nothing_is_known():
    certain, doubtful = agreed([Detections.none(), Detections.none()])
    assert len(certain) == 0
    assert doubtful.shape == (0, 4)


class Bright:
    """Finds what is bright, but not at some of its looks."""

    def __init__(self, score=0.9, misses=()):
        self.score, self.misses, self.looks = score, misses, -1

    def __call__(self, image):
        self.looks += 1
        if self.looks in self.misses:
            return Detections.none()
        mask = (image.min(axis=2) > 235).astype(np.uint8)
        _, _, found, _ = cv2.connectedComponentsWithStats(mask)
        boxes = [[x, y, x + width, y + height] for x, y, width, height, _ in found[1:]]
        return Detections.of(np.reshape(boxes, (-1, 4)), [self.score] * len(boxes))


def walking(index):
    return [(5 + index, 10, 16, 50, 250)]


@pytest.fixture
def clip(film):
    return film("clip.mkv", walking, frames=60, size=(128, 80))


def people_of(example):
    return example.load().labels.of_kind(Kind.PERSON).tolist()


def test_frames_are_looked_at_and_kept_as_often_as_asked(clip):
    detector = Bright()
    examples = clip_examples(clip, [detector], every=3, kept=4)
    assert detector.looks == 20 - 1
    assert [example.name for example in examples] == [f"clip/{number}" for number in range(5)]
    for number, example in enumerate(examples):
        left = 5 + 12 * number
        assert people_of(example) == [[left, 10, left + 16, 60]]


def test_a_miss_between_two_hits_is_a_label(clip):
    examples = clip_examples(clip, [Bright(misses={8})], every=3, kept=1)
    ((left, top, right, bottom),) = people_of(examples[8])
    np.testing.assert_allclose([left, top, right, bottom], [29, 10, 45, 60], atol=1)


def test_in_the_middle_of_a_long_gap_nothing_is_known(clip):
    examples = clip_examples(clip, [Bright(misses=range(5, 16))], every=3, kept=1)
    labels = examples[10].load().labels
    assert len(labels.boxes) == 0
    assert Kind.PERSON in labels.unknown_kinds
    hidden = labels.unknown[labels.unknown_kinds == Kind.PERSON]
    left, top, right, bottom = hidden.mean(axis=0)
    assert left < 35 + 8 < right
    assert top < 35 < bottom


def test_who_is_never_certain_is_unknown(clip):
    examples = clip_examples(clip, [Bright(score=0.3)], every=3, kept=4)
    labels = examples[2].load().labels
    assert len(labels.boxes) == 0
    assert [29, 10, 45, 60] in labels.unknown[labels.unknown_kinds == Kind.PERSON].tolist()


def test_heads_may_be_wherever_people_are(clip):
    labels = clip_examples(clip, [Bright()], every=3, kept=4)[0].load().labels
    heads = labels.unknown[labels.unknown_kinds == Kind.HEAD].tolist()
    assert labels.of_kind(Kind.PERSON).tolist() == heads == [[5, 10, 21, 60]]


@pytest.mark.parametrize("content", [None, b"", b"no video"])
def test_what_is_no_video_is_named(tmp_path, content):
    path = tmp_path / "clip.mkv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"clip\.mkv cannot be read as a video"):
        clip_examples(path, [Bright()], 1, 1)
