"""How well people are found again in a gallery, by their signatures."""

from passerby.evaluate.reid.evaluation import evaluate
from passerby.evaluate.reid.protocol import CoarseToFine, Protocol, Reranking
from passerby.evaluate.reid.results import Result
from passerby.evaluate.reid.signatures import Signatures

__all__ = ["CoarseToFine", "Protocol", "Reranking", "Result", "Signatures", "evaluate"]
