import pytest
import torch
from torch import Tensor

from passerby.errors import ConfigError
from passerby.models.reid import Output, ReidNetwork


class Mean(ReidNetwork):
    """Describes an image by its mean colour."""

    dimension = 3

    def learn(self, images: Tensor) -> Output:
        return Output((), (self.describe(images),))

    def describe(self, images: Tensor) -> Tensor:
        return images.mean(dim=(2, 3))


def test_in_training_there_is_an_output_in_use_there_are_signatures() -> None:
    network, images = Mean((4, 2)), torch.arange(24.0).reshape(1, 3, 4, 2)
    assert torch.equal(network(images).features[0], torch.tensor([[3.5, 11.5, 19.5]]))
    assert torch.equal(network.eval()(images), torch.tensor([[3.5, 11.5, 19.5]]))


@pytest.mark.parametrize("shape", [(1, 3, 2, 4), (1, 1, 4, 2), (3, 4, 2), (1, 4, 2, 3)])
def test_images_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    message = r"^the network takes images of shape \(B, 3, 4, 2\), not .*: resize them, or create"
    with pytest.raises(ConfigError, match=message):
        Mean((4, 2))(torch.zeros(shape))
