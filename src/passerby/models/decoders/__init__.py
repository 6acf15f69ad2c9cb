"""How the numbers that come out of a network become boxes of persons and heads."""

from passerby.models.decoders import fastestdet, nanodet, passerby, yolox
from passerby.models.decoders.decoder import DECODERS, Decoder

__all__ = ["DECODERS", "Decoder", "fastestdet", "nanodet", "passerby", "yolox"]
