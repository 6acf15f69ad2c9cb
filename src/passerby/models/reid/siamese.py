"""The Siamese MobileNet: are two images of the same person?

Johansson and Lundberg, section 4.1.2, after the master's thesis of Oxenstierna and Rodhe. The trunk
is MobileNet, Howard et al. 2017, "MobileNets: efficient convolutional neural networks for mobile
vision applications", arXiv 1704.04861.
"""

from torch import Tensor, nn

from passerby.geometry import Size
from passerby.models.reid.cards import REID_MODELS, ReidCard
from passerby.models.reid.layers import convolution, initialise, scaled
from passerby.models.reid.network import Output, ReidNetwork

__all__ = ["SiameseMobileNet"]

_BLOCKS = (
    *((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)),
    *((512, 1),) * 5,
    *((1024, 2), (1024, 1)),
)
"""Channels and stride of each depthwise separable convolution (MobileNet, table 1)."""


class SiameseMobileNet(ReidNetwork):
    """Compares the features that one MobileNet makes of two images.

    It has no classifier of people: its output in training has no logits, and `compare` makes them
    for pairs of its features or signatures.

    Args:
        people: Not used.
        size: Height and width of the images.
        width: Share of the channels, MobileNet's own width multiplier.
        tensorflow: Whether it is computed as TensorFlow does, which the thesis used: activations
            stop at 6, and at stride 2 maps are padded at the right and at the bottom alone.
            Google's weights fit no other (`passerby.models.reid.folded`).
    """

    def __init__(
        self,
        people: int,  # noqa: ARG002 - as all networks are made
        size: Size,
        *,
        width: float = 1.0,
        tensorflow: bool = False,
    ) -> None:
        super().__init__(size)
        channels = scaled(32, width)
        layers = [convolution(3, channels, 3, stride=2)]
        for outputs, stride in _BLOCKS:
            layers.append(convolution(channels, channels, 3, stride=stride, groups=channels))
            channels_after = scaled(outputs, width)
            layers.append(convolution(channels, channels_after))
            channels = channels_after
        if tensorflow:
            layers = [_as_tensorflow(layer) for layer in layers]
        self.tensorflow = tensorflow
        self.backbone: nn.Module = nn.Sequential(*layers)
        self.dimension = channels
        self.pair_classifier = nn.Linear(channels, 1)
        initialise(self)

    def learn(self, images: Tensor) -> Output:
        """Return no logits, and the signatures."""
        return Output((), (self.describe(images),))

    def describe(self, images: Tensor) -> Tensor:
        """Return the mean of the last maps."""
        maps: Tensor = self.backbone(images)
        return maps.mean(dim=(2, 3))

    def compare(self, first: Tensor, second: Tensor) -> Tensor:
        """Compare signatures pair by pair: a dense layer over their squared differences.

        Args:
            first: Shape (N, dimension).
            second: Shape (N, dimension).

        Returns:
            Logits of shape (N,). Their sigmoid is the likelihood that both are of one person.
        """
        logits: Tensor = self.pair_classifier((first - second).square())
        return logits.squeeze(1)


def _as_tensorflow(layer: nn.Sequential) -> nn.Sequential:
    convolution, normalization, _ = layer
    if isinstance(convolution, nn.Conv2d) and convolution.stride == (2, 2):
        convolution.padding = 0, 0
        convolution = nn.Sequential(nn.ZeroPad2d((0, 1, 0, 1)), convolution)
    return nn.Sequential(convolution, normalization, nn.ReLU6(inplace=True))


REID_MODELS.add(
    "siamese-mobilenet",
    ReidCard(
        build=SiameseMobileNet,
        summary="MobileNet twice; says whether two images show the same person.",
        paper="Johansson and Lundberg, section 4.1.2",
        size=(160, 160),
        dimension=1024,
        losses=("pair",),
        weights="imagenet",
        quick={"width": 0.25},
    ),
)
