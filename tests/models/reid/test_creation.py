import pytest
import torch

from passerby.errors import ConfigError
from passerby.models.reid import create


def test_sizes_and_options_are_those_of_the_scale_unless_they_are_given() -> None:
    with torch.device("meta"):
        paper, quick = create("bot", 9), create("bot", 9, scale="quick")
        other = create("bot", 9, scale="quick", size=(64, 32), backbone="resnet34")
    assert (paper.size, paper.dimension) == ((256, 128), 2048)
    assert (quick.size, quick.dimension) == ((128, 64), 512)
    assert other.size == (64, 32)
    assert len(other.backbone.layer3) == 6  # ResNet-18 has 2


def test_a_network_says_its_name_and_that_it_started_from_scratch() -> None:
    network = create("osnet-x0.25", 2, scale="quick")
    assert network.training
    assert (network.name, str(network.origin)) == ("osnet-x0.25", "from scratch")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "botox"}, "^unknown re-ID model 'botox': choose one of bot, "),
        ({"num_classes": 1}, "^num_classes is 1: give at least 2 people"),
        ({"num_classes": 7.5}, "^num_classes is 7.5: "),
        ({"scale": "huge"}, "^scale is 'huge': choose one of paper, quick$"),
        ({"size": (16, 64)}, "^size is 16x64: give height and width of at least 32 pixels$"),
        ({"size": (128.5, 64)}, "^size is 128.5x64: "),
        ({"width": 0}, "^width is 0: "),
        ({"width": 5}, "^width is 5: "),
        ({"width": "thin"}, "^width is 'thin': give a number$"),
        ({"width": True}, "^width is True: give a number$"),
        ({"stem_relu": "no"}, "^stem_relu is 'no': give true or false$"),
        ({"last_stride": 1.5}, "^last_stride is 1.5: give a whole number$"),
        ({"backbone": 5}, "^backbone is 5: give a name$"),
        ({"name": "pcb", "parts": 2.5}, "^parts is 2.5: give a whole number$"),
        ({"name": "pcb", "parts": 0}, "^parts is 0: give 1 or more$"),
        ({"last_stride": 3}, "^last_stride is 3: choose 1 or 2$"),
        ({"neck": "long"}, "^neck is 'long': choose one of after, before, none$"),
        ({"backbone": "resnet51"}, "^unknown backbone 'resnet51': "),
    ],
)
def test_wrong_arguments_are_refused_in_one_line(
    arguments: dict[str, object], message: str
) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        create(**{"name": "bot", "num_classes": 5, **arguments})
    assert "\n" not in str(caught.value)
