"""Between two networks lies one whose layers are their means."""

import copy

import pytest
import torch

from passerby.models.detectors.people import PeopleNetwork
from passerby.train.detector.blend import blend
from passerby.train.detector.export import export_detector

SMALL = {"widths": (8, 8, 16, 16, 16), "depths": (1, 1, 1, 1), "neck": 8}
PICTURE = torch.rand(1, 3, 64, 96, generator=torch.Generator().manual_seed(0)) * 255


def network(seed):
    """Random weights and statistics."""
    torch.manual_seed(seed)
    made = PeopleNetwork(**SMALL)
    for layer in made.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(layer.weight, 0.5, 2)
            torch.nn.init.uniform_(layer.bias, -0.5, 0.5)
            torch.nn.init.uniform_(layer.running_mean, -1, 1)
            torch.nn.init.uniform_(layer.running_var, 0.5, 2)
    for head in made.heads:
        torch.nn.init.uniform_(head.scores.bias, -2, 2)
        torch.nn.init.uniform_(head.distances.bias, -2, 2)
    return made.eval()


@pytest.fixture
def start(tmp_path):
    path = tmp_path / "start.onnx"
    export_detector(network(1), path, half=False)
    return path


def said(of):
    with torch.no_grad():
        return of(PICTURE)


@pytest.mark.parametrize(("share", "seed"), [(0.0, 2), (1.0, 1)])
def test_with_none_or_all_of_the_start_it_says_what_one_of_them_says(start, share, seed):
    blended = network(2)
    blend(blended, start, share)
    torch.testing.assert_close(said(blended), said(network(seed)), rtol=1e-3, atol=1e-4)


def test_where_only_the_last_layer_differs_the_logits_are_averaged(start):
    """They are linear in its weights: the one case in which the mean of what is said is known."""
    other = copy.deepcopy(network(1))
    for head in other.heads:
        torch.nn.init.normal_(head.scores.weight)
        torch.nn.init.normal_(head.scores.bias)
    expected = 0.3 * said(network(1)).scores.logit() + 0.7 * said(other).scores.logit()
    blend(other, start, 0.3)
    torch.testing.assert_close(said(other).scores.logit(), expected, rtol=1e-3, atol=1e-3)


def test_the_first_layer_is_the_mean_of_both(start):
    """A bright picture of one colour: the first layer says weight times colour plus bias."""
    picture, stems = torch.full((1, 3, 64, 64), 200.0) / 64 - 2, []
    blended = network(2)
    blend(blended, start, 0.5)
    for one in (network(1), network(2), blended):
        with torch.no_grad():
            stems.append(one.stem[:2](picture))
    torch.testing.assert_close(stems[2], (stems[0] + stems[1]) / 2, rtol=1e-3, atol=1e-4)
