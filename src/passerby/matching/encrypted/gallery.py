"""The side of a gallery: it compares an encrypted query with everybody, and learns nothing."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from tenseal import sealapi

from passerby.errors import InputError
from passerby.matching.encrypted.packing import Packing, unit_rows
from passerby.matching.encrypted.pieces import split_pieces
from passerby.matching.encrypted.scheme import (
    SCALE,
    SLOTS,
    from_bytes,
    galois_elements,
    scheme_context,
    to_bytes,
)

__all__ = ["BLUR", "EncodedBlock", "EvaluationKeys", "encoded_blocks", "encrypted_scores"]

BLUR = 0.0002
"""By default a score is changed by up to half of this, far more than what noise would tell."""


@dataclass(frozen=True, eq=False)
class EvaluationKeys:
    """What a query's owner lets a gallery compute with.

    Attributes:
        packing: For which they are.
        rotating: By which ciphertexts are rotated.
        public: By which anybody can encrypt.
    """

    packing: Packing
    rotating: sealapi.GaloisKeys
    public: sealapi.PublicKey

    @classmethod
    def read(cls, content: bytes, dimension: int) -> Self:
        """Read what `QueryKeys.evaluation_keys` made.

        Args:
            content: From a stranger.
            dimension: Numbers in a signature of the gallery.

        Raises:
            InputError: If they are damaged, or for signatures of another length.
        """
        pieces = list(split_pieces(content))
        if len(pieces) != 2:
            raise InputError(f"{len(pieces)} keys came where 2 are wanted: send them again")
        rotating = from_bytes(sealapi.GaloisKeys(), pieces[0], "a set of keys")
        public = from_bytes(sealapi.PublicKey(), pieces[1], "a public key")
        packing = Packing(dimension, SLOTS)
        elements = galois_elements(packing.rotations())
        if rotating.size() != len(elements) or not all(map(rotating.has_key, elements)):
            raise InputError(
                f"these keys are for signatures of another length; the gallery's have {dimension} "
                "numbers: describe the picture with its network"
            )
        return cls(packing, rotating, public)


@dataclass(frozen=True, eq=False)
class EncodedBlock:
    """Signatures of people as SEAL multiplies ciphertexts by them.

    Attributes:
        people: How many there are.
        diagonals: As `Packing.diagonals` orders them; each takes 128 kB.
    """

    people: int
    diagonals: Sequence[sealapi.Plaintext]

    @classmethod
    def of(cls, packing: Packing, rows: npt.NDArray[np.floating]) -> Self:
        """Encode the signatures of a block, each brought to length 1.

        Args:
            packing: Where numbers go.
            rows: Shape (n, d), up to `Packing.people`.

        Raises:
            InputError: If signatures have another length, a number is not finite, or one is 0.
        """
        if rows.ndim != 2 or rows.shape[1] != packing.dimension:
            raise InputError(
                f"signatures of shape {rows.shape} are in a gallery of {packing.dimension} numbers "
                "each: describe all pictures with one network"
            )
        encoder = sealapi.CKKSEncoder(scheme_context())
        encoded = []
        for diagonal in packing.diagonals(unit_rows(rows, "a signature of the gallery")):
            plain = sealapi.Plaintext()
            encoder.encode(diagonal.tolist(), SCALE, plain)
            encoded.append(plain)
        return cls(len(rows), encoded)


def encoded_blocks(rows: npt.NDArray[np.floating]) -> list[EncodedBlock]:
    """Encode a whole gallery, shape (n, d).

    Raises:
        InputError: If signatures are too long, a number is not finite, or one is 0.
    """
    packing = Packing(rows.shape[-1], SLOTS)
    return [EncodedBlock.of(packing, rows[block]) for block in packing.blocks(len(rows))]


def encrypted_scores(
    query: bytes, keys: EvaluationKeys, blocks: Sequence[EncodedBlock], *, blur: float = BLUR
) -> list[bytes]:
    """Compare an encrypted query with everybody in a gallery.

    Every answer is encrypted anew under the public key, and each score blurred, so that beyond its
    scores an answer tells nothing of the gallery.

    Args:
        query: As `QueryKeys.encrypted` made it; from a stranger.
        keys: Of the same party.
        blocks: Of the gallery.
        blur: Each score is changed by a random number between minus and plus half of this, 0 to 1.

    Returns:
        For each block a ciphertext with a score in each slot.

    Raises:
        InputError: If the query is damaged, or not one.
    """
    if any(len(one.diagonals) != keys.packing.dimension for one in blocks):
        raise InputError(
            f"a gallery of {len(blocks[0].diagonals)} numbers a signature does not go with keys "
            f"for {keys.packing.dimension}: use one network"
        )
    context = scheme_context()
    ciphertext = from_bytes(sealapi.Ciphertext(), query, "an encrypted query")
    if (
        ciphertext.size() != 2
        or ciphertext.parms_id() != context.first_parms_id()
        or ciphertext.scale != SCALE
    ):
        raise InputError("this ciphertext is no query: encrypt it with the same version")
    evaluator = sealapi.Evaluator(context)
    turned = [
        ciphertext,
        *(
            _rotated(evaluator, ciphertext, step, keys)
            for step in range(1, keys.packing.baby_steps)
        ),
    ]
    hiding = _Hiding(keys, blur)
    answers = []
    for block in blocks:
        scores = _products(evaluator, turned, block, keys)
        hiding.hide(evaluator, scores)
        answers.append(to_bytes(scores))
    return answers


def _rotated(
    evaluator: sealapi.Evaluator, ciphertext: sealapi.Ciphertext, step: int, keys: EvaluationKeys
) -> sealapi.Ciphertext:
    turned = sealapi.Ciphertext()
    evaluator.rotate_vector(ciphertext, step, keys.rotating, turned)
    return turned


def _products(
    evaluator: sealapi.Evaluator,
    turned: Sequence[sealapi.Ciphertext],
    block: EncodedBlock,
    keys: EvaluationKeys,
) -> sealapi.Ciphertext:
    """The product of a block's matrix and the query, in giant steps over baby steps."""
    whole = None
    for start in range(0, len(block.diagonals), len(turned)):
        part = None
        for query, diagonal in zip(
            turned, block.diagonals[start : start + len(turned)], strict=False
        ):
            product = sealapi.Ciphertext()
            evaluator.multiply_plain(query, diagonal, product)
            part = _sum(evaluator, part, product)
        if start:
            evaluator.rotate_vector_inplace(part, start, keys.rotating)
        whole = _sum(evaluator, whole, part)
    evaluator.rescale_to_next_inplace(whole)
    return whole


def _sum(
    evaluator: sealapi.Evaluator, first: sealapi.Ciphertext | None, second: sealapi.Ciphertext
) -> sealapi.Ciphertext:
    if first is None:
        return second
    evaluator.add_inplace(first, second)
    return first


class _Hiding:
    """Hides how a ciphertext came about: what is left is what it says."""

    def __init__(self, keys: EvaluationKeys, blur: float) -> None:
        context = scheme_context()
        self._encryptor = sealapi.Encryptor(context, keys.public)
        self._encoder = sealapi.CKKSEncoder(context)
        self._blur = blur

    def hide(self, evaluator: sealapi.Evaluator, scores: sealapi.Ciphertext) -> None:
        nothing = sealapi.Ciphertext()
        self._encryptor.encrypt_zero(scores.parms_id(), nothing)
        nothing.scale = scores.scale
        evaluator.add_inplace(scores, nothing)
        if self._blur:
            drawn = np.frombuffer(os.urandom(4 * SLOTS), np.uint32) / 2.0**32 - 0.5
            plain = sealapi.Plaintext()
            self._encoder.encode(
                (self._blur * drawn).tolist(), scores.parms_id(), scores.scale, plain
            )
            evaluator.add_plain_inplace(scores, plain)
