"""What was compared, so that a figure can be traced to its data."""

import hashlib
from dataclasses import dataclass

import numpy as np

from passerby.signatures.signatures import Signatures, chunks

__all__ = ["Data", "Origin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where signatures come from, as far as it is known.

    Attributes:
        data_set: Its name.
        split: Which split of it.
        index_sha256: Hash of its list of images and labels.
        model: Name of the network that made the signatures.
        model_sha256: Hash of its file.
        images: "raw" or "anonymized".
    """

    data_set: str = ""
    split: int = 0
    index_sha256: str = ""
    model: str = ""
    model_sha256: str = ""
    images: str = ""


@dataclass(frozen=True, slots=True)
class Data:
    """What was compared.

    Attributes:
        origin: Where it comes from.
        query_sha256, gallery_sha256: Hashes of features, ids and cameras.
    """

    origin: Origin
    query_sha256: str
    gallery_sha256: str

    @classmethod
    def of(cls, query: Signatures, gallery: Signatures, origin: Origin | None = None) -> "Data":
        """Hash both sides."""
        return cls(origin or Origin(), _sha256(query), _sha256(gallery))


def _sha256(signatures: Signatures) -> str:
    digest = hashlib.sha256()
    for _, part in chunks(signatures.features):
        digest.update(np.ascontiguousarray(part).data)
    digest.update(signatures.ids.tobytes())
    digest.update(signatures.cameras.tobytes())
    return digest.hexdigest()
