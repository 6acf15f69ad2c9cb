"""How results are written: codec, quality, sound, metadata."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from passerby.errors import ConfigError
from passerby.time_range import TimeRange

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
    mute_span: tuple[str, ...] = Field(
        default=(),
        description="When the sound that --audio keep copies is silent: 0:10-1:05, 12.5- or -30. "
        "The rest is then encoded anew.",
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

    @model_validator(mode="after")
    def _fits(self) -> Self:
        try:
            for text in self.mute_span:
                TimeRange.parse(text)
        except ConfigError as error:
            raise ValueError(str(error)) from None
        if self.mute_span and self.audio != "keep":
            raise ValueError("mute_span silences parts of a sound that is kept: add audio keep")
        return self
