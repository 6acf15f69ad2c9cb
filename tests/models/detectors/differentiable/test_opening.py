"""Which detector a name stands for."""

from passerby.models.detectors.differentiable import OnnxDetector, open_detector


def test_a_model_by_name_is_opened() -> None:
    detector = open_detector("passerby-people", (64, 96))
    assert isinstance(detector, OnnxDetector)
    assert detector.input_size is None
