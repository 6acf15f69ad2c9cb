"""Labels are joined and doubted without losing whose they are."""

from passerby.detections import Kind
from passerby.train.detector.example import Labels


def test_people_and_heads_are_kept_apart():
    labels = Labels.of([[0, 0, 9, 9], [1, 1, 5, 5]], [[2, 2, 3, 3]])
    assert labels.of_kind(Kind.PERSON).tolist() == [[0, 0, 9, 9], [1, 1, 5, 5]]
    assert labels.of_kind(Kind.HEAD).tolist() == [[2, 2, 3, 3]]


def test_nobody_is_an_empty_list_of_boxes():
    assert Labels.of().boxes.shape == (0, 4)
    assert Labels.of().of_kind(Kind.HEAD).shape == (0, 4)


def test_doubts_add_up_and_leave_the_first_labels_as_they_were():
    labels = Labels.of([[0, 0, 9, 9]])
    doubted = labels.doubted([[1, 2, 3, 4]], Kind.HEAD).doubted([[5, 6, 7, 8]], Kind.PERSON)
    assert doubted.unknown.tolist() == [[1, 2, 3, 4], [5, 6, 7, 8]]
    assert doubted.unknown_kinds.tolist() == [Kind.HEAD, Kind.PERSON]
    assert doubted.boxes.tolist() == labels.boxes.tolist()
    assert len(labels.unknown) == 0
    assert len(labels.doubted([], Kind.HEAD).unknown) == 0
