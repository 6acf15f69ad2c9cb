"""Whatever a file shows on any ground was searched, and what was found is covered, opacity too.

Bright squares stand for people, and a detector that finds what is bright. Sources are made by
Pillow and PyAV in any mode, opacity, orientation, profile and number of pages; the copies are
looked at with Pillow and PyAV alone.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av import VideoFrame
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from passerby.heif import register_heif
from passerby.pipeline.settings import Settings
from passerby.pipeline.stages import Pipeline
from passerby.sinks import Encoding, open_sink
from passerby.sources import open_source

register_heif()

WIDTH, HEIGHT, SIDE = 64, 48, 12
DARK, BRIGHT = 60, 255
GROUNDS = (0, 255)
LOSSLESS = frozenset(("png", "tif", "webp", "gif"))

Square = tuple[int, int]
"""Left and top."""

squares = st.tuples(st.integers(0, WIDTH - SIDE), st.integers(0, HEIGHT - SIDE))


@dataclass(frozen=True)
class Look:
    """How a square differs from what is around it.

    Attributes:
        ground, square: Grey and opacity of each.
    """

    ground: tuple[int, int]
    square: tuple[int, int]


LOOKS = {
    "paint": Look((DARK, 255), (BRIGHT, 255)),
    "half-transparent paint": Look((DARK, 200), (BRIGHT, 255)),
    "black ink, on white": Look((0, 255), (0, 4)),
    "white ink, on black": Look((BRIGHT, 20), (BRIGHT, 255)),
    "seen when opacity is ignored": Look((DARK, 3), (BRIGHT, 3)),
    "cut out": Look((DARK, 0), (BRIGHT, 255)),
    "erased": Look((DARK, 255), (BRIGHT, 0)),
}


def picture(look: Look, places: list[Square]) -> Image.Image:
    pixels = np.empty((HEIGHT, WIDTH, 4), np.uint8)
    pixels[..., :3], pixels[..., 3] = look.ground
    for left, top in places:
        square = pixels[top : top + SIDE, left : left + SIDE]
        square[..., :3], square[..., 3] = look.square
    return Image.fromarray(pixels)


def cover(source_path: Path, target: Path, **encoding: str) -> None:
    chosen = Settings.of(regions="people", operator="blackout", every=1)
    target.unlink(missing_ok=True)
    with open_source(source_path) as source, Pipeline(chosen) as pipeline:
        sink = open_sink(target, source.medium, Encoding(**encoding))
        for result in pipeline.run(source):
            sink.write(result.frame)
        sink.commit()


def pages(path: Path) -> Iterator[np.ndarray]:
    """Each page as Pillow sees it, bare and on both grounds, in one array."""
    with Image.open(path) as image:
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            layer = image.convert("RGBA")
            shown = [layer.convert("RGB")]
            for grey in GROUNDS:
                page = Image.new("RGBA", layer.size, (grey, grey, grey, 255))
                page.alpha_composite(layer)
                shown.append(page.convert("RGB"))
            yield np.stack([np.asarray(one) for one in shown])


def assert_nothing_bright(path: Path) -> None:
    """What nobody sees on either ground has no colour of its own, so that a white page may show."""
    limit = 236 if path.suffix[1:] in LOSSLESS else 245
    for shown in pages(path):
        brightest = shown.min(axis=-1)
        clear = (brightest[1] == 0) & (brightest[2] == 255)
        assert brightest[0].max() < limit
        assert brightest[1].max() < limit
        assert brightest[2][~clear].max(initial=0) < limit


PROFILES = {
    "none": None,
    "sRGB": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    "rubbish": b"rubbish",
}
OPAQUE_MODES = ("1", "L", "P", "RGB", "CMYK", "I;16")
ALPHA_MODES = ("LA", "RGBA", "P+")
MODES_OF = {
    "png": ("1", "L", "P", "RGB", "I;16", *ALPHA_MODES),
    "tif": ("1", "L", "P", "RGB", "CMYK", "I;16", "LA", "RGBA"),
    "webp": ("RGB", "RGBA"),
    "gif": ("L", "P", "P+"),
    "bmp": ("1", "L", "P", "RGB"),
    "jpg": ("L", "RGB", "CMYK"),
    "avif": ("L", "RGB", "RGBA"),
    "heic": ("L", "RGB", "RGBA"),
}
FORMAT_OF = {"tif": "TIFF", "jpg": "JPEG", "heic": "HEIF"}
SEVERAL = frozenset(("png", "tif", "webp", "gif", "avif"))


def in_mode(image: Image.Image, mode: str) -> Image.Image:
    match mode:
        case "I;16":
            grey = np.asarray(image.convert("RGB").convert("L")).astype(np.uint16)
            return Image.fromarray(grey * 257)
        case "P":
            return image.convert("RGB").quantize(16)
        case "P+":
            return image.quantize(16, method=Image.Quantize.FASTOCTREE)
        case "1" | "L" | "CMYK":
            return image.convert("RGB").convert(mode, dither=Image.Dither.NONE)
        case _:
            return image.convert(mode)


def exif_of(orientation: int | None) -> bytes:
    fields = Image.Exif()
    if orientation is not None:
        fields[0x0112] = orientation
    return fields.tobytes()


@st.composite
def stored_pictures(draw: st.DrawFn) -> tuple[str, bytes]:
    """A file's ending and what is in it."""
    ending = draw(st.sampled_from(sorted(MODES_OF)))
    mode = draw(st.sampled_from(MODES_OF[ending]))
    seen = sorted(LOOKS) if mode in ALPHA_MODES else ["paint"]
    count = draw(st.integers(1, 3)) if ending in SEVERAL else 1
    look = LOOKS[draw(st.sampled_from(seen))]
    layers = [
        in_mode(picture(look, draw(st.lists(squares, max_size=2))), mode) for _ in range(count)
    ]
    orientations = [None, *range(10), 65535]
    if ending == "avif" and count > 1:  # Pillow crashes
        orientations = [None, 1]
    options: dict[str, object] = {"exif": exif_of(draw(st.sampled_from(orientations)))}
    profile = PROFILES[draw(st.sampled_from(sorted(PROFILES)))]
    if profile is not None:
        options["icc_profile"] = profile
    if ending == "webp":
        options |= {"lossless": True, "exact": True}
    if ending in ("jpg", "avif", "heic"):
        options["quality"] = 95
    if count > 1:
        options |= {"save_all": True, "append_images": layers[1:]}
        if ending != "tif":
            options["duration"] = 80
    memory = io.BytesIO()
    layers[0].save(memory, FORMAT_OF.get(ending, ending.upper()), **options)
    return ending, memory.getvalue()


SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.mark.slow
@pytest.mark.usefixtures("bright_people")
@settings(max_examples=150, suppress_health_check=SLOW)
@given(stored=stored_pictures(), target=st.sampled_from(["png", "tif", "webp", "gif", "avif"]))
def test_no_picture_shows_anybody_on_any_ground(
    tmp_path: Path, stored: tuple[str, bytes], target: str
) -> None:
    ending, content = stored
    path = tmp_path / f"in.{ending}"
    path.write_bytes(content)
    cover(path, tmp_path / f"out.{target}")
    assert_nothing_bright(tmp_path / f"out.{target}")


@pytest.mark.usefixtures("bright_people")
@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("target", ["png", "tif", "webp", "gif", "avif", "heic", "jpg", "bmp"])
def test_what_is_found_is_covered_with_its_opacity(tmp_path: Path, look: str, target: str) -> None:
    place = (20, 10)
    picture(LOOKS[look], [place]).save(tmp_path / "in.png")
    cover(tmp_path / "in.png", tmp_path / f"out.{target}")
    (shown,) = pages(tmp_path / f"out.{target}")
    left, top = place[0] + 3, place[1] + 3  # lossy formats bleed at the edges
    if look != "erased" or target in ("jpg", "bmp"):
        assert shown[:, top : top + SIDE - 6, left : left + SIDE - 6].max() < 16
    assert_nothing_bright(tmp_path / f"out.{target}")


VIDEOS = {
    "ffv1": ("in.mkv", "bgra"),
    "prores_ks": ("in.mov", "yuva444p10le"),
    "libvpx-vp9": ("in.webm", "yuva420p"),
    "png": ("in.mov", "rgba"),
    "qtrle": ("in.mov", "argb"),
}


@pytest.mark.slow
@pytest.mark.usefixtures("bright_people")
@settings(max_examples=40, suppress_health_check=SLOW)
@given(
    codec=st.sampled_from(sorted(VIDEOS)),
    look=st.sampled_from(sorted(LOOKS)),
    places=st.lists(squares, min_size=1, max_size=3),
    rotation=st.sampled_from([0, 90, 180, 270]),
)
def test_no_video_shows_anybody(
    tmp_path: Path, codec: str, look: str, places: list[Square], rotation: int
) -> None:
    """A square wanders from frame to frame; the copy has no opacity and is lossless."""
    name, pixels = VIDEOS[codec]
    with av.open(str(tmp_path / name), "w") as container:
        stream = container.add_stream(codec, rate=Fraction(25))
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, pixels
        if rotation and name.endswith("mov"):
            stream.set_display_rotation(rotation)
        for place in places:
            image = np.asarray(picture(LOOKS[look], [place]))
            frame = VideoFrame.from_ndarray(image, format="rgba")
            container.mux(stream.encode(frame.reformat(format=pixels)))
        container.mux(stream.encode())
    cover(tmp_path / name, tmp_path / "out.mkv", codec="ffv1")
    with av.open(str(tmp_path / "out.mkv")) as container:
        shown = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
    assert len(shown) == len(places)
    assert max(int(frame.min(axis=-1).max()) for frame in shown) < 236
