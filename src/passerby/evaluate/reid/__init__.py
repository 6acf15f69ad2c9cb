"""How well people are found again in a gallery, by their signatures."""

from passerby.evaluate.reid.evaluation import evaluate
from passerby.evaluate.reid.protocol import Protocol
from passerby.evaluate.reid.results import Result
from passerby.matching.coarse_to_fine import CoarseToFine
from passerby.matching.reranking import Reranking
from passerby.signatures.signatures import Signatures

__all__ = ["CoarseToFine", "Protocol", "Reranking", "Result", "Signatures", "evaluate"]
