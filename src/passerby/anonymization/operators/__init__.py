"""What is done to the pixels of a patch: one idea a file, joined in one table."""

from passerby.anonymization.operators import blur, fill, inpaint, learned, noise, pixelate
from passerby.anonymization.operators.operator import OPERATORS, Operator

__all__ = ["OPERATORS", "Operator", "blur", "fill", "inpaint", "learned", "noise", "pixelate"]
