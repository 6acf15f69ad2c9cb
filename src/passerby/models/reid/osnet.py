"""The omni-scale network (OSNet).

Zhou et al. 2019, "Omni-scale feature learning for person re-identification", ICCV, arXiv
1905.00953.
"""

from torch import Tensor, nn

from passerby.geometry import Size
from passerby.models.reid.cards import REID_MODELS, ReidCard
from passerby.models.reid.layers import convolution, embedding, initialise, scaled
from passerby.models.reid.network import Output, ReidNetwork

__all__ = ["OmniScaleNetwork"]

_CHANNELS = (64, 256, 384, 512)
_SCALES = (1, 2, 3, 4)
"""Light 3x3 convolutions in each stream of a block: it sees 3, 5, 7 and 9 cells."""


class OmniScaleNetwork(ReidNetwork):
    """Each block looks at four scales and weighs them by what it sees.

    Args:
        people: Number of people to tell apart.
        size: Height and width of the images.
        width: Share of the channels; signatures keep their length.
    """

    def __init__(self, people: int, size: Size, *, width: float = 1.0) -> None:
        super().__init__(size)
        stem, *stages = (scaled(channels, width) for channels in _CHANNELS)
        self.stem = nn.Sequential(
            convolution(3, stem, 7, stride=2), nn.MaxPool2d(3, stride=2, padding=1)
        )
        self.stages = nn.Sequential(
            _stage(stem, stages[0]),
            _shrink(stages[0]),
            _stage(stages[0], stages[1]),
            _shrink(stages[1]),
            _stage(stages[1], stages[2]),
            convolution(stages[2], stages[2]),
        )
        self.dimension = 512
        self.embedding = embedding(stages[2], self.dimension)
        self.classifier = nn.Linear(self.dimension, people)
        initialise(self)

    def learn(self, images: Tensor) -> Output:
        """Return one tensor of logits, and the signatures."""
        signatures = self.describe(images)
        return Output((self.classifier(signatures),), (signatures,))

    def describe(self, images: Tensor) -> Tensor:
        """Return the embedding of the mean of the last maps."""
        maps = self.stages(self.stem(images))
        signatures: Tensor = self.embedding(maps.mean(dim=(2, 3)))
        return signatures


def _stage(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(_Block(inputs, outputs), _Block(outputs, outputs))


def _shrink(channels: int) -> nn.Sequential:
    return nn.Sequential(convolution(channels, channels), nn.AvgPool2d(2))


def _light(channels: int) -> nn.Sequential:
    """Return a 3x3 convolution in two: among channels, then within each."""
    return nn.Sequential(
        nn.Conv2d(channels, channels, 1, bias=False),
        convolution(channels, channels, 3, groups=channels),
    )


class _Block(nn.Module):
    """A residual block of four streams under one gate (paper, figures 3 and 4)."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        middle = outputs // 4
        self.enter = convolution(inputs, middle)
        self.streams = nn.ModuleList(
            nn.Sequential(*(_light(middle) for _ in range(depth))) for depth in _SCALES
        )
        self.gate = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(middle, max(1, middle // 16), 1),
            nn.ReLU(inplace=True),
            nn.Conv2d(max(1, middle // 16), middle, 1),
            nn.Sigmoid(),
        )
        self.leave = convolution(middle, outputs, activation=False)
        self.shortcut: nn.Module = nn.Identity()
        if inputs != outputs:
            self.shortcut = convolution(inputs, outputs, activation=False)

    def forward(self, maps: Tensor) -> Tensor:
        entered = self.enter(maps)
        seen = [stream(entered) for stream in self.streams]
        joined = sum(self.gate(scale) * scale for scale in seen)
        result: Tensor = (self.shortcut(maps) + self.leave(joined)).relu()
        return result


_ZHOU = "Zhou et al., ICCV 2019, arXiv 1905.00953"

REID_MODELS.add(
    "osnet-x1.0",
    ReidCard(
        build=OmniScaleNetwork,
        summary="Four scales in each block, weighed by what they see; light.",
        paper=_ZHOU,
        size=(256, 128),
        dimension=512,
        losses=("identity",),
        weights="imagenet",
        quick={"width": 0.5},
    ),
)
REID_MODELS.add(
    "osnet-x0.25",
    ReidCard(
        build=OmniScaleNetwork,
        summary="The same with a quarter of the channels.",
        paper=_ZHOU,
        size=(256, 128),
        dimension=512,
        losses=("identity",),
        weights="imagenet",
        options={"width": 0.25},
    ),
)
