"""Labels of the frontier."""

from passerby.attack.frontier_plot import _grouped, _runs, _shown


def test_points_that_lie_close_together_share_a_label() -> None:
    points = [(1.0, 0.8), (0.1, 0.8), (0.97, 0.84), (1.0, 0.7)]
    assert _grouped(points) == {(1.0, 0.8): [1, 3], (0.1, 0.8): [2], (1.0, 0.7): [4]}


def test_folders_are_not_shown() -> None:
    assert _shown("secret/filter.onnx") == "filter"
    assert _shown("pixelate:people:24px") == "pixelate:people:24px"


def test_runs_are_told_by_their_ends() -> None:
    assert _runs([1, 2, 4, 12, 13, 14, 23]) == "1, 2, 4, 12-14, 23"
