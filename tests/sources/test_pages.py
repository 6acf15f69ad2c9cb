"""Which pictures of a file are its pages, and what is said of the others."""

import io
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from passerby.heif import register_heif
from passerby.sources import open_source

SIZE = (40, 24)


def grey(level: int, size: tuple[int, int] = SIZE) -> Image.Image:
    return Image.new("RGB", size, (level, level, level))


def read(path: Path) -> tuple[list[int], tuple[str, ...]]:
    """How bright each frame is, and what is said."""
    with open_source(path) as source:
        levels = [round(float(frame.image.mean()) / 10) * 10 for frame in source]
        assert source.medium.frames == len(levels)
        return levels, source.medium.notes


def test_small_copies_of_tiff_pages_are_no_pages(tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        for level, kind in ((50, 0), (60, 1), (100, 0), (110, 1), (200, 3)):
            size = (24, 40, 3) if kind != 1 else (12, 20, 3)
            pixels = np.full(size, level, np.uint8)
            writer.write(pixels, subfiletype=kind, photometric="rgb", metadata=None)
    assert read(tmp_path / "a.tif") == ([50, 100], ("3 further pictures in the file left out",))


def test_pages_of_a_fax_are_pages(tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        for level in (50, 100):
            pixels = np.full((24, 40, 3), level, np.uint8)
            writer.write(pixels, subfiletype=2, photometric="rgb", metadata=None)
    assert read(tmp_path / "a.tif") == ([50, 100], ())


def test_the_picture_for_those_who_show_no_animations_is_no_frame(tmp_path: Path) -> None:
    grey(50).save(
        tmp_path / "a.png",
        save_all=True,
        append_images=[grey(100), grey(200)],
        default_image=True,
        duration=100,
    )
    levels, notes = read(tmp_path / "a.png")
    assert levels == [100, 200]
    assert notes == ("1 further picture in the file left out",)


def test_a_heic_file_shows_its_primary_picture(tmp_path: Path) -> None:
    register_heif()
    grey(50).save(
        tmp_path / "a.heic",
        save_all=True,
        append_images=[grey(100), grey(200, (64, 64))],
        primary_index=1,
    )
    assert read(tmp_path / "a.heic") == ([100], ("2 further pictures in the file left out",))


@pytest.mark.slow
def test_previews_in_heic_are_not_read(tmp_path: Path) -> None:
    register_heif()
    picture = Image.effect_noise((400, 300), 60).convert("RGB")
    picture.save(tmp_path / "a.heic", thumbnails=[128])
    with open_source(tmp_path / "a.heic") as source:
        assert [frame.image.shape for frame in source] == [(300, 400, 3)]
        assert source.medium.notes == ()


@pytest.mark.parametrize("ending", ["heic", "avif"])
def test_the_film_of_a_moving_photograph_is_told(tmp_path: Path, ending: str) -> None:
    register_heif()
    memory = io.BytesIO()
    grey(100).save(memory, {"heic": "HEIF", "avif": "AVIF"}[ending])
    film = b"\0\0\0\x18mpvd" + bytes(16)
    (tmp_path / f"a.{ending}").write_bytes(memory.getvalue() + film)
    assert read(tmp_path / f"a.{ending}") == ([100], ("a film in the file left out",))


def test_an_avif_animation_has_all_its_frames(tmp_path: Path) -> None:
    others = [grey(100), grey(200)]
    grey(50).save(tmp_path / "a.avif", save_all=True, append_images=others, duration=[100, 50, 80])
    with open_source(tmp_path / "a.avif") as source:
        assert source.medium.kind == "animation"
        frames = list(source)
    assert [round(float(frame.image.mean()) / 10) * 10 for frame in frames] == [50, 100, 200]
    assert [frame.pts for frame in frames] == [0, 100, 150]


def test_the_film_that_an_animation_is_is_not_left_out(tmp_path: Path) -> None:
    pictures = [grey(level) for level in (20, 200)]
    path = tmp_path / "a.avif"
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=200)
    levels, notes = read(path)
    assert (len(levels), notes) == (2, ())
