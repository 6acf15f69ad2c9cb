import numpy as np
import pytest
from scipy.ndimage import convolve

from passerby.anonymization import Anonymizer
from passerby.detections import Detections
from passerby.pipeline.snippets import SnippetPicker, sharpness
from passerby.types import AnonymizedFrame, Frame

HEIGHT, WIDTH = 150, 200


def frame(index, blurred=(), failed=False, seed=None):
    """Noise all over; smooth in the boxes that are ``blurred``."""
    image = (
        np.random.default_rng(index if seed is None else seed)
        .integers(0, 255, (HEIGHT, WIDTH, 3))
        .astype(np.uint8)
    )
    for left, top, right, bottom in blurred:
        image[top:bottom, left:right] = 128
    found = Detections.failed("broken") if failed else Detections.none()
    return Anonymizer(regions=("top",))(Frame(image, index=index), found, "looked for")


def people(boxes, tracks):
    return Detections.of(np.array(boxes, np.float32), tracks=tracks)


def picked(looks):
    picker = SnippetPicker()
    found = []
    for sealed, time, seen in looks:
        found += picker.add(sealed, time, seen)
    return [*found, *picker.flush()]


WHOLE = (20, 20, 70, 140)


def test_there_is_one_a_second_at_most_and_it_is_a_part_of_a_sealed_frame():
    looks = [(frame(n), n / 5, people([WHOLE], [3])) for n in range(13)]
    found = picked(looks)
    assert [(track, int(one.time)) for track, one in found] == [(3, 0), (3, 1), (3, 2)]
    for _, one in found:
        assert type(one.frame) is AnonymizedFrame
        assert one.frame.protection == looks[0][0].protection
        sealed = looks[one.frame.index][0]
        np.testing.assert_array_equal(one.frame.image, sealed.image[20:140, 20:70])
        assert one.where == (one.frame.index, tuple(map(float, WHOLE)))


def test_a_second_that_is_not_over_waits():
    picker = SnippetPicker()
    assert list(picker.add(frame(0), 0.0, people([WHOLE], [1]))) == []
    assert list(picker.add(frame(1), 0.9, people([WHOLE], [1]))) == []
    assert len(list(picker.add(frame(2), 1.1, people([WHOLE], [1])))) == 1


def test_a_better_one_is_waited_for_for_a_while():
    """Five looks a second, the best of all comes last: it is too late after a good one."""
    small, large = (20, 80, 45, 140), WHOLE

    def told(boxes, patience):
        picker, found = SnippetPicker(0.2, patience), []
        for n, box in enumerate(boxes):
            found += [
                (n, one.where[0])
                for _, one in picker.add(frame(n, seed=0), n / 5, people([box], [1]))
            ]
        assert list(picker.flush()) == []
        return found

    assert told([small] * 4 + [large], 1.0) == [(4, 4)]
    assert told([small] * 4 + [large], 0.6) == [(3, 0)]
    assert told([small, small, large, small, small] * 2, 0.6) == [(4, 2), (9, 7)]
    assert told([large, small, small, small, small] * 2, 0.6) == [(3, 0), (8, 5)]
    assert told([large, small, small, small, small] * 2, 1.0) == [(4, 0), (9, 5)]


@pytest.mark.parametrize(
    ("worse", "others"),
    [
        ((20, 80, 45, 140), ()),
        ((-30, 20, 20, 140), ()),
        (WHOLE, ((40, 20, 90, 148),)),
    ],
    ids=["smaller", "half outside", "hidden by somebody nearer"],
)
def test_the_best_of_a_second_is_the_largest_whole_and_clear_one(worse, others):
    bad = people([worse, *others], [1, *[-1] * len(others)])
    for looks in ([WHOLE, None], [None, WHOLE]):
        rows = [
            (frame(n), n / 10, people([box], [1]) if box else bad) for n, box in enumerate(looks)
        ]
        ((_, one),) = picked(rows)
        assert one.where[0] == looks.index(WHOLE)
        assert 0 < one.quality <= 1


def test_a_sharp_one_is_better_than_a_blurred_one():
    rows = [(frame(n, [WHOLE] if n != 1 else []), n / 10, people([WHOLE], [1])) for n in range(3)]
    ((_, one),) = picked(rows)
    assert one.where[0] == 1


def test_nobody_without_a_track_or_outside_or_in_a_frame_that_failed():
    assert picked([(frame(0), 0.0, people([WHOLE], [-1]))]) == []
    assert picked([(frame(0), 0.0, people([(300, 20, 350, 140)], [1]))]) == []
    assert picked([(frame(0, failed=True), 0.0, people([WHOLE], [1]))]) == []


def test_sharpness_is_the_variance_of_the_laplacian():
    image = np.random.default_rng(0).integers(0, 255, (30, 20, 1)).astype(np.uint8)
    kernel = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
    expected = convolve(image[..., 0].astype(float), kernel, mode="mirror").var()
    assert sharpness(np.repeat(image, 3, axis=2)) == pytest.approx(expected, rel=1e-6)


def test_looks_that_come_a_little_early_are_waited_for_no_longer():
    picker = SnippetPicker(0.3, 0.6)
    times = 0.05, 0.349, 0.648
    boxes = people([WHOLE], [1])
    found = [list(picker.add(frame(n, seed=0), time, boxes)) for n, time in enumerate(times)]
    assert list(map(len, found)) == [0, 0, 1]
