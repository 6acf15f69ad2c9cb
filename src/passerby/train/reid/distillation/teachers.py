"""The larger networks whose signatures a small one learns."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from passerby.signatures.describer import Rows
from passerby.signatures.input import PictureBatch, resized
from passerby.signatures.network import SignatureNetwork

__all__ = ["Teachers", "principal_axes"]


class Teachers:
    """Networks that describe the same pictures; their signatures stand side by side.

    Each is normalised first, so that the cosine of two joined signatures is the mean of the cosines
    of each network: an ensemble, which is better than any of its members.

    Args:
        models: Names or paths of ONNX networks that say what they are fed; at least one.

    Attributes:
        dimension: Of a joined signature.

    Raises:
        ConfigError: If there is no such model, or it makes no signatures.
        ModelError: If a file is missing or is not such a network.
    """

    def __init__(self, models: Sequence[str]) -> None:
        self._networks = [SignatureNetwork(model) for model in models]
        self.dimension = sum(
            network.describe(np.zeros((1, *network.size, 3), np.uint8)).shape[1]
            for network in self._networks
        )

    def __call__(self, pictures: PictureBatch) -> Rows:
        """Describe pictures of one size.

        Returns:
            Shape (n, sum of all dimensions), each row of length one.

        Raises:
            DetectionError: If a network fails.
        """
        parts = []
        for network in self._networks:
            fitting = np.stack([resized(picture, network.size) for picture in pictures])
            rows = network.describe(fitting)
            parts.append(rows / np.linalg.norm(rows, axis=1, keepdims=True))
        joined = np.concatenate(parts, axis=1) / np.sqrt(len(parts))
        return np.asarray(joined, np.float32)


def principal_axes(rows: Rows, count: int) -> npt.NDArray[np.float32]:
    """Find the axes onto which rows can be projected with the least loss of their inner products.

    They are the first right singular vectors (Eckart and Young 1936). The mean stays in: cosines
    are compared, not deviations from it.

    Args:
        rows: Shape (n, d).
        count: How many axes, at most d and n.

    Returns:
        Shape (d, count), orthonormal columns.
    """
    _, axes = np.linalg.eigh(rows.T.astype(np.float64) @ rows)
    return np.ascontiguousarray(axes[:, ::-1][:, :count], np.float32)
