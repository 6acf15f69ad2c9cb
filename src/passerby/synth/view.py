"""What one camera sees of a scene and the people in it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.synth.backdrop import Backdrop
from passerby.synth.body import Body
from passerby.synth.camera import NEAREST, Array, Camera
from passerby.synth.drawing import draw
from passerby.synth.figure import Figure
from passerby.synth.light import Light
from passerby.synth.obstacle import Obstacle
from passerby.synth.place import Place, Places
from passerby.synth.scene import Scene
from passerby.synth.sensor import Sensor
from passerby.synth.shadow import Shadows
from passerby.synth.sighting import FloatBox, Shot, Sighting
from passerby.synth.sprite import Sprite

__all__ = ["View"]

HALF_SEEN = 128
"""Opacity from which a pixel belongs to somebody."""

_Labels = npt.NDArray[np.uint16]
"""Shape (height, width): 0 for nobody, otherwise the place in the list of people plus 1."""


class View:
    """A camera before a scene; the empty scene is drawn once.

    Args:
        scene: To look at.
        light: On it.
        camera: Who looks.
        sensor: The camera's flaws.
    """

    def __init__(self, scene: Scene, light: Light, camera: Camera, sensor: Sensor) -> None:
        self.scene, self.light, self.camera, self.sensor = scene, light, camera, sensor
        backdrop = Backdrop.of(scene, camera, light)
        self._shadows = Shadows(camera, light, backdrop.is_ground)
        self._expose = sensor.prepared(camera.width, camera.height)
        things = [(thing.mesh.vertices, thing.mesh.parts) for thing in scene.obstacles]
        self._empty = self._shadows.cast(backdrop.image, things)
        self._obstacles: list[tuple[Obstacle, Sprite]] = []
        for thing in sorted(scene.obstacles, key=self._distance, reverse=True):
            pixels, depth = camera.project(thing.mesh.vertices)
            if depth.min() > NEAREST and np.abs(pixels).max() < 10 * max(camera.width, 1000):
                sprite = draw(thing.mesh, thing.mesh.vertices, pixels, depth, light)
                sprite.lay(self._empty)
                self._obstacles.append((thing, sprite))

    def shot(self, bodies: Sequence[Body], places: Places, index: int, time: float) -> Shot:
        """Take a picture.

        Args:
            bodies: Everybody; `Place.person` is the index in this list.
            places: Where they are.
            index: Number of the frame.
            time: In seconds.
        """
        far_to_near = sorted(places, key=self._distance, reverse=True)
        everybody = [Figure.of(bodies[at.person], at, time, self.camera) for at in far_to_near]
        cast = [(figure.vertices, figure.body.mesh.parts) for figure in everybody]
        image = self._shadows.cast(self._empty, cast)
        drawn = [self._drawn(figure) for figure in everybody if figure.within(self.camera)]
        labels: _Labels = np.zeros(image.shape[:2], np.uint16)
        for number, person in enumerate(drawn, 1):
            shown = self._behind_obstacles(person.figure.place, person.sprite)
            shown.lay(image)
            _mark(labels, shown, number)
        sightings = [_sighting(person, labels, number) for number, person in enumerate(drawn, 1)]
        seen = tuple(sighting for sighting in sightings if sighting is not None)
        return Shot(self.camera.name, index, self._expose(image, index), seen)

    def _distance(self, thing: Place | Obstacle) -> float:
        """Over the ground: the order in which upright things hide each other."""
        where = thing.position if isinstance(thing, Place) else thing.middle
        return float(np.hypot(*(self.camera.position[:2] - where)))

    def _drawn(self, figure: Figure) -> "_Drawn":
        motion = figure.motion(self.camera, self.sensor.exposure)
        return _Drawn(figure, motion, figure.drawn(self.light, motion))

    def _behind_obstacles(self, place: Place, sprite: Sprite) -> Sprite:
        """Cut out what furniture and poles hide."""
        for thing, cover in self._obstacles:
            if thing.hides(np.array(place.position), self.camera.position[:2]):
                sprite = sprite.hidden_by(cover)
        return sprite


@dataclass(frozen=True, eq=False)
class _Drawn:
    """Somebody, how they move while the shutter is open, and what they look like then."""

    figure: Figure
    motion: Array
    sprite: Sprite


def _mark(labels: _Labels, sprite: Sprite, number: int) -> None:
    """Note whose the pixels are, in place."""
    windows = sprite.over(0, 0, labels.shape[1], labels.shape[0])
    if windows is not None:
        there, here = windows
        labels[there][sprite.opacity[here] >= HALF_SEEN] = number


def _sighting(person: _Drawn, labels: _Labels, number: int) -> Sighting | None:
    """Compare what is seen of somebody with all that there is of them."""
    figure, sprite = person.figure, person.sprite
    windows = sprite.over(0, 0, labels.shape[1], labels.shape[0])
    if windows is None:
        return None
    there, here = windows
    shape = labels[there] == number
    rows, columns = np.flatnonzero(shape.any(axis=1)), np.flatnonzero(shape.any(axis=0))
    if not len(rows):
        return None
    down = slice(int(rows[0]), int(rows[-1]) + 1)
    across = slice(int(columns[0]), int(columns[-1]) + 1)
    left, top = there[1].start, there[0].start
    whole = sprite.opacity >= HALF_SEEN
    shown = np.zeros_like(whole)
    shown[here] = shape
    head_box = figure.head_box(person.motion)
    head = _window(head_box, sprite)
    visible = left + across.start, top + down.start, left + across.stop, top + down.stop
    return Sighting(
        identity=figure.body.identity.number,
        box=_grown(figure.box(person.motion), visible),
        head_box=head_box,
        visible_box=visible,
        shape=shape[down, across],
        visibility=float(shape.sum() / max(int(whole.sum()), 1)),
        head_visibility=float(shown[head].sum() / max(int(whole[head].sum()), 1)),
    )


def _grown(box: FloatBox, visible: tuple[int, int, int, int]) -> FloatBox:
    """Reach around the smeared and half-covered pixels at the rim."""
    left, top, right, bottom = visible
    return min(box[0], left), min(box[1], top), max(box[2], right), max(box[3], bottom)


def _window(box: FloatBox, sprite: Sprite) -> tuple[slice, slice]:
    """The part of a sprite that lies in a box of the picture."""
    left, top, right, bottom = box
    rows = slice(max(int(top) - sprite.top, 0), max(int(np.ceil(bottom)) - sprite.top, 0))
    columns = slice(max(int(left) - sprite.left, 0), max(int(np.ceil(right)) - sprite.left, 0))
    return rows, columns
