"""FFmpeg's encoders, and what our words for codec, quality and speed mean to each."""

from dataclasses import dataclass
from typing import get_args

from passerby.errors import OutputError
from passerby.locations import Location
from passerby.sinks.encoding import EncoderPreset, Encoding
from passerby.sinks.formats import VideoFormat

__all__ = ["Codec", "codec_for"]


@dataclass(frozen=True, slots=True)
class Codec:
    """An encoder of FFmpeg.

    Attributes:
        encoder: FFmpeg's name of it.
        options: Its options.
        tag: The four letters that name it in MP4 and MOV where FFmpeg's own choice does not play.
        odd_sizes: Whether it takes 4:2:0 pictures of odd width or height.
        lossless: Whether it keeps BGR pixels as they are.
        keeps_aspect: Whether its stream notes pixels that are not square.
        least_side: Width and height, in pixels, below which it cannot be trusted.
    """

    encoder: str
    options: dict[str, str]
    tag: str | None = None
    odd_sizes: bool = False
    lossless: bool = False
    keeps_aspect: bool = False
    least_side: int = 1


def codec_for(target: Location, container: VideoFormat, encoding: Encoding) -> Codec:
    """Choose the encoder for ``target``.

    Raises:
        OutputError: If the container cannot hold the codec asked for.
    """
    name = container.codecs[0] if encoding.codec == "auto" else encoding.codec
    if name not in container.codecs:
        raise OutputError(
            f"{target}: {target.suffix} cannot hold {name}: use codec "
            f"{' or '.join(container.codecs)}, or another ending"
        )
    codec = _codec(
        name,
        encoding.quality,
        get_args(EncoderPreset).index(encoding.encoder_preset),
        encoding.encoder_preset,
    )
    if container.clocked:  # frames that are stored out of order would be shown out of order
        codec.options["bf"] = "0"
    return codec


def _codec(name: str, quality: int | None, speed: int, preset: str) -> Codec:
    """Args: speed: 0 (ultrafast) to 8 (veryslow), for encoders that count."""

    def constant(default: int) -> dict[str, str]:
        return {"crf": str(default if quality is None else quality)}

    match name:
        case "h265":
            quiet = {"preset": preset, "x265-params": "log-level=none"}
            # Of pictures that are smaller than one of its blocks, x265 may write beyond its memory.
            return Codec(
                "libx265", constant(22) | quiet, tag="hvc1", keeps_aspect=True, least_side=64
            )
        case "vp9":
            cpu = {"deadline": "good", "cpu-used": str(min(8 - speed, 5)), "row-mt": "1"}
            return Codec("libvpx-vp9", constant(30) | cpu | {"b": "0"}, odd_sizes=True)
        case "ffv1":
            slices = {"level": "3", "slices": "4", "slicecrc": "1"}
            return Codec("ffv1", slices, odd_sizes=True, lossless=True, keeps_aspect=True)
        case _:
            return Codec("libx264", constant(20) | {"preset": preset}, keeps_aspect=True)
