"""The picture of likely links: who is in it, where, and as what."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from passerby.errors import OutputError
from passerby.pipeline.snippets import Snippet
from passerby.protection import BLACK
from passerby.runs.link.camera import CameraFilm
from passerby.runs.link.scene import LinkedScene
from passerby.runs.link.sheet import SHEET_LEAST, draw_links, likely_links
from passerby.sinks.ranked_lists import COLOURS
from passerby.sinks.tiles import _GAP, _LINE_HEIGHT, FRAME, TILE_SIZE
from passerby.types import Frame, seal

WIDTH, HEIGHT = TILE_SIZE[0] + 2 * FRAME + _GAP, TILE_SIZE[1] + 2 * FRAME + _LINE_HEIGHT + _GAP


def dressed(track, shirt, trousers):
    """The same track with a bad white picture, and a good one of somebody in some clothes."""
    image = np.empty((64, 32, 3), np.uint8)
    image[:32], image[32:] = shirt, trousers
    white = np.full((64, 32, 3), 255, np.uint8)
    (snippet,) = track.snippets
    pictures = tuple(
        Snippet(snippet.time, quality, seal(Frame(one), one, BLACK), snippet.where)
        for quality, one in ((0.2, white), (0.7, image))
    )
    return replace(track, snippets=pictures, signatures=track.signatures.repeat(2, axis=0))


def clothes(number):
    return (20 * number, 0, 0), (0, 25 * number, 0)


def in_clothes(scene):
    """The tracks of all films in clothes that tell their numbers."""
    films, first = [], 1
    for film in scene.films:
        tracks = [dressed(one, *clothes(n)) for n, one in enumerate(film.tracks, first)]
        films.append(CameraFilm(film.camera, tuple(tracks), film.frames, film.seconds))
        first += len(tracks)
    return LinkedScene(tuple(films), scene.graph, scene.model, scene.same)


def test_each_track_stands_before_those_it_may_have_been(scene, tmp_path):
    dressed_scene = in_clothes(scene)
    assert draw_links(tmp_path / "links.png", dressed_scene)
    rows = likely_links(dressed_scene)
    began = {one.number: one.began for one in scene.tracks}
    assert list(rows) == sorted(rows, key=lambda number: began[number])
    with Image.open(tmp_path / "links.png") as picture:
        page = np.asarray(picture.convert("RGB")).astype(int)
    assert page.shape[0] == len(rows) * HEIGHT + _GAP
    for row, (number, links) in enumerate(rows.items()):
        assert {one.later for one in links} == {number}
        assert [one.probability for one in links] == sorted(
            (one.probability for one in links), reverse=True
        )
        shown = [(number, COLOURS["query"])]
        shown += [
            (one.earlier, COLOURS["match" if one.probability >= scene.same else "other"])
            for one in links
        ]
        for column, (whose, colour) in enumerate(shown):
            y, x = _GAP + row * HEIGHT, _GAP + column * WIDTH
            shirt, trousers = clothes(whose)
            assert page[y + FRAME + 40, x + FRAME + 30].tolist() == [*reversed(shirt)]
            assert page[y + FRAME + 90, x + FRAME + 30].tolist() == [*reversed(trousers)]
            assert tuple(page[y, x]) == colour


def test_pictures_are_cells_of_an_eighth(scene, tmp_path):
    """Noise in a snippet is gone but for eight means by eight."""
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (64, 32, 3), dtype=np.uint8)
    films = [
        CameraFilm(
            film.camera,
            tuple(
                replace(
                    t, snippets=(replace(t.snippets[0], frame=seal(Frame(noise), noise, BLACK)),)
                )
                for t in film.tracks
            ),
            film.frames,
            film.seconds,
        )
        for film in scene.films
    ]
    draw_links(tmp_path / "links.png", replace(scene, films=tuple(films)))
    with Image.open(tmp_path / "links.png") as picture:
        page = np.asarray(picture.convert("RGB"))
    y = x = _GAP + FRAME
    tile = page[y : y + TILE_SIZE[1], x : x + TILE_SIZE[0]]
    cells = tile.reshape(8, TILE_SIZE[1] // 8, 8, TILE_SIZE[0] // 8, 3)
    assert (np.ptp(cells, axis=(1, 3)) == 0).all()
    means = noise[..., ::-1].reshape(8, 8, 8, 4, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(cells[:, 0, :, 0], means, atol=1)


def test_unlikely_links_are_not_drawn(scene, tmp_path):
    unlikely = replace(scene, model=replace(scene.model, weights=(-30.0, *scene.model.weights[1:])))
    assert all(one.probability < SHEET_LEAST for one in unlikely.links)
    assert not draw_links(tmp_path / "links.png", unlikely)
    assert list(tmp_path.iterdir()) == []


def test_a_picture_that_cannot_be_written_is_an_error(scene, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError):
        draw_links(tmp_path / "file" / "links.png", scene)
