"""A network that learns anew to recognise people, from what an anonymizer leaves of them.

Newton, Sweeney and Malin (2005) call it a parrot: it need not understand what it sees, only repeat
who it was. This one is also told how a network describes the clear picture of each crop, so that it
finds people in clear pictures, too.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from passerby.errors import ConfigError
from passerby.models.reid.network import ReidNetwork
from passerby.train.reid.losses import batch_hard_triplet
from passerby.train.reid.samplers import people_times_images
from passerby.train.reid.settings import PKSampling

__all__ = ["FreshRecogniser", "RecogniserSettings", "fresh_recogniser"]

_Images = npt.NDArray[np.uint8]
"""Shape (N, H, W, 3), BGR, of the size of the network."""

_Rows = npt.NDArray[np.float32]

_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of ImageNet, RGB, 0-1."""

_SHARPNESS = 16.0
"""By which cosines are multiplied before they are compared."""
_SMOOTHING = 0.1
_MARGIN = 0.3
_ERASED = 0.4
"""How often a part of a picture is grey."""
_WARM = 0.1
"""Share of the steps in which the rate grows."""
_AT_ONCE = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class RecogniserSettings:
    """How it learns.

    Attributes:
        steps: Batches that it learns from.
        people: In a batch.
        images: Of each of them.
        rate: Highest learning rate of Adam; it grows at first and follows a cosine to 0.
        seed: Of batches and of what is grey.
    """

    steps: int = 600
    people: int = 16
    images: int = 4
    rate: float = 3.5e-4
    seed: int = 0

    def __post_init__(self) -> None:
        if self.steps < 1 or self.people < 2 or self.images < 2 or self.rate <= 0:
            raise ConfigError(
                f"{self.steps} batches of {self.people} people with {self.images} pictures each "
                f"at a rate of {self.rate} teach nothing: give one batch or more of 2 people or "
                "more, with 2 pictures or more, and a rate above 0"
            )


class FreshRecogniser(nn.Module):
    """A network, and where its signatures lie among those of clear pictures.

    Args:
        network: Describes pictures.
        dimension: Of the signatures of clear pictures.
    """

    def __init__(self, network: ReidNetwork, dimension: int) -> None:
        super().__init__()
        self.network = network
        self.outlet = nn.Linear(network.dimension, dimension)

    @torch.no_grad()
    def place_outlet(
        self, weights: npt.NDArray[np.floating], offset: npt.NDArray[np.floating]
    ) -> None:
        """Let the outlet be an affine map that was fitted.

        Args:
            weights: Shape (dimension, numbers that the network says).
            offset: Shape (dimension,).
        """
        self.outlet.weight.copy_(torch.from_numpy(weights))
        self.outlet.bias.copy_(torch.from_numpy(offset))

    def forward(self, images: Tensor) -> Tensor:
        """Return signatures of length 1 of prepared pictures, shape (B, dimension)."""
        return functional.normalize(self.outlet(self.network.describe(images)))

    @torch.no_grad()
    def describe(self, images: _Images) -> _Rows:
        """Return signatures of pictures and of their mirror images, the mean, shape (N, dimension).

        Each distinct picture is computed once, so that equal ones are described alike.
        """
        self.eval()
        distinct, place = np.unique(images.reshape(len(images), -1), axis=0, return_inverse=True)
        pictures = distinct.reshape(-1, *images.shape[1:])
        rows = [
            functional.normalize(self(batch) + self(batch.flip(3)))
            for batch in self._batches(pictures)
        ]
        found: _Rows = torch.cat(rows).cpu().numpy()[place.reshape(-1)]
        return found

    @torch.no_grad()
    def raw_features(self, images: _Images) -> _Rows:
        """Return what the network says, before it is moved among clear signatures."""
        self.eval()
        rows = [self.network.describe(batch) for batch in self._batches(images)]
        found: _Rows = torch.cat(rows).cpu().numpy()
        return found

    def _batches(self, images: _Images) -> list[Tensor]:
        place = self.outlet.weight.device
        starts = range(0, len(images), _AT_ONCE)
        return [prepared(images[one : one + _AT_ONCE], place) for one in starts]


def prepared(images: _Images, device: torch.device) -> Tensor:
    """Return pictures as networks take them, shape (N, 3, H, W)."""
    pixels = torch.from_numpy(np.ascontiguousarray(images[..., ::-1])).to(device)
    mean, std = (torch.tensor(one, device=device)[:, None, None] for one in (_MEAN, _DEVIATION))
    return (pixels.permute(0, 3, 1, 2).float() / 255 - mean) / std


def fresh_recogniser(
    recogniser: FreshRecogniser,
    views: Callable[[int], _Images],
    identities: npt.NDArray[np.int64],
    targets: _Rows,
    settings: RecogniserSettings,
    progress: Callable[[int, float], None] = lambda _step, _loss: None,
) -> None:
    """Teach a recogniser who is who; it is changed.

    It learns three things at once: to tell people apart, from centres that start at their mean
    clear signature; to lie where the clear signature of the same crop lies; and to be nearer to the
    pictures of the same person, clear or not, than to those of others.

    Args:
        recogniser: Its outlet may have been fitted before.
        views: Pictures of the people, always in the same order, by how often it went through all
            of them before: moved and mirrored before they were anonymized, with noise of their own.
        identities: Shape (N,), who is shown.
        targets: Shape (N, dimension), signatures of the clear pictures.
        settings: How it learns.
        progress: Told how many batches it has learned from, and the loss of the last.
    """
    device = recogniser.outlet.weight.device
    _, labels = np.unique(identities, return_inverse=True)
    order = PKSampling(min(settings.people, int(labels.max()) + 1), settings.images)
    clear = functional.normalize(torch.from_numpy(targets).to(device))
    centres = nn.Parameter(_centres(clear, torch.from_numpy(labels).to(device)))
    optimizer = torch.optim.Adam(
        [
            {"params": list(recogniser.parameters()), "weight_decay": 5e-4},
            {"params": [centres], "lr": settings.rate},
        ],
        lr=settings.rate,
    )
    recogniser.train()
    epoch = step = 0
    while step < settings.steps:
        rng = np.random.default_rng([settings.seed, 31, epoch])
        images, epoch = views(epoch), epoch + 1
        for batch in people_times_images(labels, order, rng)[: settings.steps - step]:
            for group in optimizer.param_groups:
                group["lr"] = settings.rate * _rate_share(step / settings.steps)
            pictures = _partly_grey(prepared(images[batch], device), rng)
            who = torch.from_numpy(labels[batch]).to(device)
            loss = _loss(recogniser(pictures), clear[batch], who, centres)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            step += 1
            progress(step, loss.item())


def _rate_share(done: float) -> float:
    """The share of the highest rate after a share of the steps."""
    if done < _WARM:
        return 0.1 + 0.9 * done / _WARM
    return float(0.5 * (1 + np.cos(np.pi * (done - _WARM) / (1 - _WARM))))


def _centres(clear: Tensor, labels: Tensor) -> Tensor:
    """The mean clear signature of each person."""
    sums = clear.new_zeros(int(labels.max()) + 1, clear.shape[1])
    return functional.normalize(sums.index_add(0, labels, clear))


def _loss(rows: Tensor, clear: Tensor, labels: Tensor, centres: Tensor) -> Tensor:
    cosines = rows @ functional.normalize(centres).T
    identity = functional.cross_entropy(_SHARPNESS * cosines, labels, label_smoothing=_SMOOTHING)
    copied = 1 - (rows * clear).sum(dim=1).mean()
    triplet = batch_hard_triplet(torch.cat([rows, clear]), torch.cat([labels, labels]), _MARGIN)
    return identity + copied + triplet


def _partly_grey(pictures: Tensor, rng: np.random.Generator) -> Tensor:
    """Hide a box of some pictures (random erasing, Zhong et al. 2017)."""
    height, width = pictures.shape[2:]
    for picture in pictures:
        if rng.random() >= _ERASED:
            continue
        area, shape = rng.uniform(0.02, 0.3) * height * width, np.exp(rng.uniform(-1.2, 1.2))
        rows, columns = (
            max(int(side), 1) for side in (np.sqrt(area * shape), np.sqrt(area / shape))
        )
        rows, columns = min(rows, height), min(columns, width)
        top, left = rng.integers(height - rows + 1), rng.integers(width - columns + 1)
        picture[:, top : top + rows, left : left + columns] = 0
    return pictures
