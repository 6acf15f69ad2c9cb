"""How much anonymized or rebuilt pictures still say of the clear ones.

Four measures compare two pictures; what they read where nothing is known stands beside them.
Explained variance says how much of the clear picture is in the other one, from 0 to 1.
"""

from passerby.evaluate.similarity.baselines import MeanImage, heavy_blur
from passerby.evaluate.similarity.explained import ExplainedVariance, foreground
from passerby.evaluate.similarity.measures import (
    Similarity,
    mean_squared_error,
    normalized_mutual_information,
    peak_signal_to_noise,
    similarity,
    structural_similarity,
)

__all__ = [
    "ExplainedVariance",
    "MeanImage",
    "Similarity",
    "foreground",
    "heavy_blur",
    "mean_squared_error",
    "normalized_mutual_information",
    "peak_signal_to_noise",
    "similarity",
    "structural_similarity",
]
