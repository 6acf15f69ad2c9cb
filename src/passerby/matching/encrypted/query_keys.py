"""The side of whoever asks: the secret key, the query, and the scores, which nobody else sees."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from tenseal import sealapi

from passerby.errors import InputError
from passerby.matching.encrypted.packing import Packing, unit_rows
from passerby.matching.encrypted.pieces import join_pieces
from passerby.matching.encrypted.scheme import (
    SCALE,
    SLOTS,
    from_bytes,
    galois_elements,
    scheme_context,
    to_bytes,
)

__all__ = ["QueryKeys"]


class QueryKeys:
    """Keys of one party, drawn anew; the secret one is in this object, and is written nowhere.

    Args:
        dimension: Numbers in a signature, 1 to 2,048.

    Raises:
        InputError: If signatures are too long.
    """

    def __init__(self, dimension: int) -> None:
        self.packing = Packing(dimension, SLOTS)
        context = scheme_context()
        self._generator = sealapi.KeyGenerator(context)
        secret, self._public = self._generator.secret_key(), sealapi.PublicKey()
        self._generator.create_public_key(self._public)
        self._encryptor = sealapi.Encryptor(context, self._public, secret)
        self._decryptor = sealapi.Decryptor(context, secret)
        self._encoder = sealapi.CKKSEncoder(context)

    def __reduce__(self) -> str:
        raise TypeError("secret keys stay where they were made: they are not copied or pickled")

    def evaluation_keys(self) -> bytes:
        """Return what the other party computes with: it encrypts and rotates, and opens nothing."""
        elements = galois_elements(self.packing.rotations())
        rotating = self._generator.create_galois_keys(elements)
        return join_pieces([to_bytes(rotating), to_bytes(self._public)])

    def encrypted(self, query: npt.NDArray[np.floating]) -> bytes:
        """Encrypt a signature, which is brought to length 1.

        Args:
            query: Shape (d,).

        Raises:
            InputError: If its length differs, a number is not finite, or it is 0.
        """
        dimension = self.packing.dimension
        if query.shape != (dimension,):
            raise InputError(
                f"a query has shape {query.shape}, but the keys are for {dimension} numbers: "
                "describe the picture with the same network"
            )
        (unit,) = unit_rows(query[None], "the query")
        plain = sealapi.Plaintext()
        self._encoder.encode(self.packing.repeated(unit).tolist(), SCALE, plain)
        return to_bytes(self._encryptor.encrypt_symmetric(plain))

    def scores(self, answers: Sequence[bytes], count: int) -> npt.NDArray[np.float64]:
        """Decrypt what a gallery answers.

        Whoever learns exact scores and the answers may learn about the secret key (Li and
        Micciancio, "On the Security of Homomorphic Encryption on Approximate Numbers", EUROCRYPT
        2021): never hand them to the gallery's owner.

        Args:
            answers: A ciphertext a block.
            count: How many people the gallery has.

        Returns:
            Shape (count,), cosines of the angles, about -1 to 1.

        Raises:
            InputError: If an answer is damaged, or there are too few or too many.
        """
        blocks = list(self.packing.blocks(count))
        if len(answers) != len(blocks):
            raise InputError(
                f"{len(answers)} ciphertexts came for {count} people, who need {len(blocks)}: "
                "ask again"
            )
        scores = np.empty(count)
        for rows, answer in zip(blocks, answers, strict=True):
            scores[rows] = self._decrypted(answer)[: rows.stop - rows.start]
        return scores

    def _decrypted(self, answer: bytes) -> npt.NDArray[np.float64]:
        plain = sealapi.Plaintext()
        ciphertext = from_bytes(sealapi.Ciphertext(), answer, "an answer")
        try:
            self._decryptor.decrypt(ciphertext, plain)
        except (RuntimeError, ValueError) as error:  # as SEAL throws them
            raise InputError("an answer cannot be decrypted: ask again") from error
        return np.array(self._encoder.decode_double(plain))
