import numpy as np

from detection_size import Scene, mosaic, mosaics


def scene(level: int) -> Scene:
    return Scene(
        np.full((20, 40, 3), level, np.uint8), np.array([[4, 2, 8, 10 + level]], np.float32)
    )


def test_a_mosaic_holds_its_scenes_row_by_row_with_their_boxes() -> None:
    made = mosaic([scene(level) for level in (1, 2, 3, 4)], 2, 0.5)
    assert made.image.shape == (20, 40, 3)
    assert made.image[::10, ::20, 0].tolist() == [[1, 2], [3, 4]]
    assert made.people.tolist() == [
        [2, 1, 4, 5.5],
        [22, 1, 24, 6],
        [2, 11, 4, 16.5],
        [22, 11, 24, 17],
    ]


def test_there_are_as_many_mosaics_as_scenes_and_each_scene_is_in_as_many() -> None:
    made = mosaics([scene(level) for level in range(9)], 2, 1.0)
    corners = np.array([one.image[::20, ::40, 0].ravel() for one in made])
    assert corners.shape == (9, 4)
    assert np.bincount(corners.ravel()).tolist() == [4] * 9
    assert corners[0].tolist() == [0, 2, 4, 6]
