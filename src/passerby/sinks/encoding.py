"""How results are written: codec, quality, sound, metadata."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["EncoderPreset", "Encoding"]

EncoderPreset = Literal[
    "ultrafast",
    "superfast",
    "veryfast",
    "faster",
    "fast",
    "medium",
    "slow",
    "slower",
    "veryslow",
]


class Encoding(BaseModel):
    """How results are written."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    codec: Literal["auto", "h264", "h265", "vp9", "ffv1"] = Field(
        default="auto",
        description="Video codec; auto takes h264, and vp9 for .webm. ffv1 (.mkv, .avi) is "
        "lossless and large.",
    )
    quality: int | None = Field(
        default=None,
        ge=0,
        le=63,
        description="Constant quality of video: lower is better and makes larger files. By default "
        "h264 20, h265 22, vp9 30; ffv1 has none.",
    )
    encoder_preset: EncoderPreset = Field(
        default="medium",
        description="Speed of the encoder: slower presets make smaller files of the same quality.",
    )
    audio: Literal["drop", "keep", "mute"] = Field(
        default="drop",
        description="Voices identify people too: drop leaves sound out, keep copies it bit for "
        "bit, mute writes silence of the same length.",
    )
    metadata: Literal["drop", "keep"] = Field(
        default="drop",
        description="Camera, time, place and title: drop removes them, keep copies them. Embedded "
        "previews, which show the raw picture, are always removed.",
    )
    image_quality: int = Field(
        default=95,
        ge=1,
        le=100,
        description="Quality of JPEG, HEIC, AVIF and lossy WebP, 1-100; higher is better.",
    )
