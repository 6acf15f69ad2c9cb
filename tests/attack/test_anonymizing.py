import numpy as np
import pytest

from passerby.anonymization import Anonymizer
from passerby.attack.anonymizing import anonymizer_of, anonymizing, boxes_alone
from passerby.errors import ConfigError, InputError, ModelError


def test_heads_are_covered_where_the_truth_says_they_are(crowd):
    few = crowd.take(np.arange(6))
    made = anonymizing(anonymizer_of("blackout"), seed=0)(few, 0)
    for picture, clear, (left, top, right, bottom) in zip(made, few.images, few.heads, strict=True):
        middle = int((top + bottom) / 2), int((left + right) / 2)
        assert not picture[middle].any()
        assert (picture[-40:] == clear[-40:]).all()


def test_faces_of_presets_are_taken_for_heads(crowd):
    few = crowd.take(np.arange(2))
    made = anonymizing(anonymizer_of("dietlmeier-zero"), seed=0)(few, 0)
    assert (made != few.images).any(axis=(1, 2, 3)).all()


def test_noise_can_be_repeated_and_is_another_in_each_frame(crowd):
    few = crowd.take(np.arange(2))
    anonymize = anonymizing(anonymizer_of("noise", regions=("frame",)), seed=4)
    np.testing.assert_array_equal(anonymize(few, 1), anonymize(few, 1))
    assert (anonymize(few, 1) != anonymize(few, 2)).mean() > 0.3
    one_person_twice = crowd.take(np.array([0, 0]))
    first, second = anonymize(one_person_twice, 0)
    assert (first != second).mean() > 0.3


def test_people_without_a_known_head_have_their_upper_part_covered(crowd):
    nobody_knows = crowd.take(np.array([0]))
    nobody_knows.heads[:] = np.nan
    (made,) = anonymizing(anonymizer_of("blackout"), seed=0)(nobody_knows, 0)
    assert not made[10, 32].any()


def test_what_looks_for_faces_that_nobody_knows_is_not_measured_as_if_it_hid_nothing(crowd):
    nobody_knows = crowd.take(np.arange(2))
    nobody_knows.heads[:] = np.nan
    with pytest.raises(InputError, match="nobody knows where heads"):
        anonymizing(anonymizer_of("dietlmeier-zero"), seed=0)(nobody_knows, 0)


@pytest.mark.parametrize(
    ("name", "options", "complaint"),
    [
        ("magic", {}, "unknown anonymizer 'magic'"),
        ("learned", {}, "name its ONNX file"),
        ("de-coninck-blur", {"strength": "3px"}, "leave them out"),
        ("blackout", {"strength": "3px"}, "takes no strength"),
        ("pixelate", {"strength": "much"}, "cannot read the strength"),
        ("blackout", {"regions": ("feet",)}, "unknown region 'feet'"),
    ],
)
def test_who_cannot_be_meant_is_refused(name, options, complaint):
    with pytest.raises(ConfigError, match=complaint):
        anonymizer_of(name, **options)


def test_a_file_that_is_not_there_is_refused():
    with pytest.raises(ModelError):
        anonymizer_of("gone.onnx")


def test_an_anonymizer_that_fails_is_no_anonymizer_that_hides_everything(crowd, monkeypatch):
    def fail(*_arguments):
        raise RuntimeError("half-way")

    monkeypatch.setattr("passerby.anonymization.anonymizer.covered", fail)
    with pytest.raises(InputError, match="failed on crop 1 of 120"):
        anonymizing(Anonymizer(), seed=0)(crowd, 0)


def test_boxes_are_those_of_the_masks(crowd):
    few = crowd.take(np.arange(3))
    for picture, mask in zip(boxes_alone(few), few.masks, strict=True):
        rows, columns = np.nonzero(mask)
        assert (picture[mask] == 255).all()
        size = (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
        assert (picture[..., 0] == 255).sum() == size
