"""How `passerby track` finds people, and how it covers them in a video with their numbers."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from passerby.anonymization import OPERATORS, REGIONS
from passerby.anonymization.weakness import marked_names
from passerby.pipeline.detection_settings import DecoderChoice, DeviceChoice, LongSide, NameList
from passerby.pipeline.settings import Settings

__all__ = ["TrackSettings", "VideoCover"]

EVERY = 2
"""By default every second frame is searched: half the work, and hardly a track less."""


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class TrackSettings(_Group):
    """How people are found."""

    detections: str | None = Field(
        default=None,
        description="Take boxes from this file instead of detecting: MOT text or COCO JSON. "
        "Numbers of tracks in it are not used.",
    )
    model: str | None = Field(
        default=None, description="Person detector: a name (passerby models list) or an ONNX file."
    )
    size: LongSide | None = Field(
        default=None,
        description="Long side in pixels at which people are looked for, 32 to 8192; by default "
        "chosen to fit the frame.",
    )
    every: int = Field(default=EVERY, ge=1, description="Search every k-th frame.")
    decoder: DecoderChoice = None
    device: DeviceChoice = "cpu"
    appearance: Literal["clothing", "signatures"] = Field(
        default="clothing",
        description="By what people are told apart beside their places: the colours of their "
        "clothes, or signatures, made without their heads. Signatures tell more, and take 2 ms "
        "more for each person in each frame that is searched.",
    )
    threads: int = Field(default=1, ge=1, description="Number of threads for each network.")


class VideoCover(_Group):
    """What is covered in the video with the numbers."""

    regions: NameList = Field(
        default=("heads",),
        description=f"Which pixels are covered, united if several: {', '.join(REGIONS)}.",
    )
    operator: str = Field(
        default="blackout", description=f"What is done to them: {marked_names(OPERATORS)}."
    )
    strength: str | None = Field(
        default=None, description="Strength of the operator, as in `passerby anonymize`."
    )

    def settings(self, find: TrackSettings) -> Settings:
        """Settings that cover people in this way, found in that way.

        Raises:
            ConfigError: If they do not fit each other.
        """
        return Settings.of(
            **self.model_dump(),
            detections=find.detections,
            model=find.model,
            size=find.size,
            decoder=find.decoder,
            device=find.device,
            threads=find.threads,
        )
