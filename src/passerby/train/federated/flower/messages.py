"""What a server and its sites say to each other, as Flower carries it."""

import json
from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from flwr.app import Array, ArrayRecord, ConfigRecord, Message, RecordDict

from passerby.errors import PeerError
from passerby.train.federated.shared import SharedWeights

__all__ = [
    "SiteAnswer",
    "Task",
    "Tell",
    "as_answer",
    "as_task",
    "flat",
    "site_answer_of",
    "task_of",
    "unflat",
]

Tell: TypeAlias = Callable[[str], None]
"""Takes one line about what happens."""

_NUMBERS, _TOLD = "numbers", "told"


class Task(NamedTuple):
    """What a site is asked to do.

    Attributes:
        round: Number of the round to learn for; the last one and one more means: take over the
            mean, you are done.
        terms: Of the server; see `passerby.train.federated.rules.terms_of`.
        numbers: The weights, one after another.
    """

    round: int
    terms: Mapping[str, Any]
    numbers: npt.NDArray[np.float32]


class SiteAnswer(NamedTuple):
    """What a site has to say.

    Attributes:
        images: From how many it learned.
        refusal: Why it did not, or "".
        numbers: Its update, one number after another.
    """

    images: int
    refusal: str
    numbers: npt.NDArray[np.float32]


def as_task(task: Task) -> RecordDict:
    """Write what a site is asked."""
    told = {"round": task.round, "terms": json.dumps(task.terms)}
    return _records(task.numbers, told)


def task_of(message: Message) -> Task:
    """Read what a server asks.

    Raises:
        PeerError: If it makes no sense.
    """
    try:
        numbers, told = _read(message.content)
        return Task(int(told["round"]), dict(json.loads(told["terms"])), numbers)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise PeerError(
            f"the server's message makes no sense ({error}): check its version"
        ) from error


def as_answer(answer: SiteAnswer) -> RecordDict:
    """Write what a site says."""
    return _records(answer.numbers, {"images": answer.images, "refusal": answer.refusal})


def site_answer_of(message: Message) -> SiteAnswer:
    """Read what a site says.

    Raises:
        PeerError: If it makes no sense.
    """
    try:
        numbers, told = _read(message.content)
        return SiteAnswer(int(told["images"]), str(told["refusal"]), numbers)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise PeerError(f"its message makes no sense ({error}): check its version") from error


def _records(numbers: npt.NDArray[np.float32], told: dict[str, Any]) -> RecordDict:
    arrays = ArrayRecord({_NUMBERS: Array(numbers)})
    return RecordDict({_NUMBERS: arrays, _TOLD: ConfigRecord(told)})


def _read(content: RecordDict) -> tuple[npt.NDArray[np.float32], Mapping[str, Any]]:
    numbers = content.array_records[_NUMBERS][_NUMBERS].numpy()
    if numbers.dtype != np.float32 or numbers.ndim != 1:
        raise ValueError(f"its numbers are {numbers.dtype} of shape {numbers.shape}")
    return numbers, content.config_records[_TOLD]


def flat(weights: SharedWeights, names: Sequence[str]) -> npt.NDArray[np.float32]:
    """Write weights one after another: hundreds of small messages would take longer than one."""
    return np.concatenate([weights[name].ravel() for name in names]).astype(np.float32)


def unflat(
    numbers: npt.NDArray[np.float32], shapes: Mapping[str, tuple[int, ...]]
) -> dict[str, npt.NDArray[np.float32]]:
    """Undo `flat`.

    Args:
        numbers: One after another.
        shapes: By name, in the same order.

    Raises:
        PeerError: If there are more or fewer.
    """
    expected = sum(prod(shape) for shape in shapes.values())
    if len(numbers) != expected:
        raise PeerError(f"it has {len(numbers)} numbers, not {expected}: check its model")
    weights, place = {}, 0
    for name, shape in shapes.items():
        size = prod(shape)
        weights[name] = numbers[place : place + size].reshape(shape)
        place += size
    return weights
