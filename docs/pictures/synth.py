"""Draws the pictures of docs/synth.md: ``python docs/pictures/synth.py``."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as Picture

from passerby.synth.body import Body
from passerby.synth.camera import Camera
from passerby.synth.identity import Identity
from passerby.synth.people import World
from passerby.synth.place import Place
from passerby.synth.recording import above, around
from passerby.synth.sensor import Sensor
from passerby.synth.sighting import Shot
from passerby.synth.squares import detector_batch, heatmaps

Pixels = npt.NDArray[np.uint8]

HERE = Path(__file__).parent
SIZE = (640, 360)
QUIET = Sensor(noise=0.0)
GREEN, RED, YELLOW = (60, 200, 60), (40, 40, 230), (60, 220, 240)


def save(name: str, image: Pixels, width: int) -> None:
    """Write a PNG of ``width`` pixels with few colours, so that it stays small."""
    height = round(image.shape[0] * width / image.shape[1])
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    picture = Picture.fromarray(cv2.cvtColor(small, cv2.COLOR_BGR2RGB))
    # Pillow's median cut loses small, strong colours; k-means brings them back.
    few = picture.quantize(256, kmeans=4, dither=Picture.Dither.NONE)
    few.save(HERE / name, optimize=True)


def annotated(shot: Shot) -> Pixels:
    """Draw whole boxes green, visible boxes yellow, heads red, and tint what can be seen."""
    image = shot.image.copy()
    for seen in shot.sightings:
        mask = seen.mask(image.shape[1], image.shape[0])
        tint = np.array(cv2.applyColorMap(np.uint8([[seen.identity * 20 % 255]]), cv2.COLORMAP_HSV))
        image[mask] = (0.6 * image[mask] + 0.4 * tint[0, 0]).astype(np.uint8)
        for box, colour in (
            (seen.visible_box, YELLOW),
            (seen.box, GREEN),
            (seen.head_box, RED),
        ):
            left, top, right, bottom = (round(side) for side in box)
            cv2.rectangle(image, (left, top), (right, bottom), colour, 1)
    return image


def crossing() -> None:
    """Three cameras at a time, and the truth about one of them."""
    world = World.random(5, 12, light="sunny")
    places = world.walks(75, 25.0)[70]
    cameras = around(3, 8.0, SIZE)
    shots = [world.view(camera, QUIET).shot(world.bodies, places, 0, 2.8) for camera in cameras]
    first, second, third = (shot.image for shot in shots)
    rows = [np.hstack([first, second]), np.hstack([third, annotated(shots[0])])]
    save("synth-crossing.png", np.vstack(rows), 640)


def top_down() -> None:
    """A room from straight above."""
    world = World.random(31, 6, light="sunny", obstacles=0, half=(2.2, 1.4))
    places = world.walks(80, 25.0)[60]
    shot = world.view(above(4.0, SIZE), QUIET).shot(world.bodies, places, 0, 2.4)
    save("synth-top-down.png", np.hstack([shot.image, annotated(shot)]), 800)


def identities() -> None:
    """Eight people, each by three cameras in places of their own."""
    bodies = [Body.of(Identity.random(number, 8)) for number in range(1, 9)]
    rows = []
    for seed, light, height in ((4, "overcast", 1.5), (5, "sunny", 2.6), (3, "indoor", 3.6)):
        place = World.random(seed, 0, light=light, obstacles=0)
        camera = Camera.looking_at(
            (0, -6, height), (0, 0, 0.95), size=(1200, 340), field_of_view=70, name="camera"
        )
        standing = tuple(
            Place(number, (0.98 * (number - 3.5), 0.0), seed + 0.7 * number, 1.2, 0.13 * number)
            for number in range(8)
        )
        view = place.view(camera, Sensor(noise=0.0, seed=seed))
        rows.append(view.shot(bodies, standing, 0, 1.0).image)
    save("synth-identities.png", np.vstack(rows), 560)


def squares() -> None:
    """Five images of two identities, and their heat maps."""
    batch = detector_batch(np.random.default_rng(3), 2)
    heat = [
        cv2.resize(np.uint8(one * 255), (160, 160), interpolation=cv2.INTER_NEAREST)
        for one in heatmaps(batch.centres)
    ]
    maps = [cv2.cvtColor(one, cv2.COLOR_GRAY2BGR) for one in heat]
    rows = [np.hstack(list(part)) for part in (batch.images[:5], maps[:5], batch.images[5:])]
    save("synth-squares.png", np.vstack(rows), 500)


if __name__ == "__main__":
    crossing()
    top_down()
    identities()
    squares()
