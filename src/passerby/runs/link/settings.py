"""How `passerby link` finds, hides and describes people."""

from pydantic import BaseModel, ConfigDict, Field

from passerby.errors import ConfigError
from passerby.pipeline.detection_settings import DecoderChoice, DeviceChoice, LongSide, NameList
from passerby.pipeline.settings import Settings

__all__ = ["LinkSettings"]

_WHOLE_FRAME = "0,0 1,0 1,1 0,1"


class LinkSettings(BaseModel):
    """How people are found, hidden and described."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    regions: NameList = Field(
        default=("heads",), description="What is covered before people are described."
    )
    operator: str = Field(default="blackout", description="What is done to it.")
    strength: str | None = Field(default=None, description="Strength of the operator.")
    preset: str | None = Field(
        default=None, description="Settings of a paper instead of the three above."
    )
    raw: bool = Field(
        default=False,
        description="Cover nobody, and describe raw pictures. Their signatures identify people: "
        "this measures what anonymization costs.",
    )
    detector: str | None = Field(
        default=None, description="Person detector: a name (passerby models list) or an ONNX file."
    )
    size: LongSide | None = Field(
        default=None,
        description="Long side in pixels at which people are looked for, 32 to 8192; by default "
        "chosen to fit the frame.",
    )
    every: int = Field(default=2, ge=1, description="Search every k-th frame.")
    decoder: DecoderChoice = None
    device: DeviceChoice = "cpu"
    threads: int = Field(default=1, ge=1, description="Number of threads for each network.")

    def pipeline(self) -> Settings:
        """The settings of the pipeline.

        Raises:
            ConfigError: If they do not fit each other.
        """
        covers = self.model_dump(include={"regions", "operator", "strength", "preset"})
        if self.raw and covers != _DEFAULTS:
            raise ConfigError("raw pictures are not covered: leave out either raw or what covers")
        if self.operator == "learned":
            raise ConfigError("networks that turn whole frames into others cannot be used here yet")
        hidden = {"leave_zone": (_WHOLE_FRAME,)} if self.raw else {}
        find = self.model_dump(include={"size", "every", "decoder", "device", "threads"})
        return Settings.of(**covers, **find, **hidden, model=self.detector)


_DEFAULTS = LinkSettings().model_dump(include={"regions", "operator", "strength", "preset"})
