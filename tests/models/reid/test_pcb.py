import pytest
import torch

from passerby.models.reid import create
from passerby.models.reid.pcb import RefinedPooling, StripePooling


@pytest.mark.parametrize("rows", [24, 16, 8, 6, 4])
def test_stripes_are_those_of_adaptive_pooling(rows: int) -> None:
    maps = torch.randn(2, 5, rows, 3)
    expected = torch.nn.AdaptiveAvgPool2d((6, 1))(maps).squeeze(3)
    torch.testing.assert_close(StripePooling(6)(maps), expected)


def test_refined_parts_are_means_weighted_by_what_each_cell_looks_like() -> None:
    pooling, maps = RefinedPooling(4, 3), torch.randn(2, 4, 5, 2)
    pooling.part_classifier.weight.data.normal_()
    kernel = pooling.part_classifier.weight.detach().reshape(3, 4)
    expected = torch.zeros(2, 4, 3)
    for image in range(2):
        total = torch.zeros(3)
        for row in range(5):
            for column in range(2):
                cell = maps[image, :, row, column]
                scores = (kernel @ cell).exp()
                scores /= scores.sum()
                total += scores
                expected[image] += cell[:, None] * scores
        expected[image] /= total
    torch.testing.assert_close(pooling(maps), expected)


def test_each_part_of_a_signature_is_normalised() -> None:
    network = create("pcb", 3, size=(96, 32), backbone="resnet18", width=0.25).eval()
    signatures = network(torch.randn(2, 3, 96, 32))
    lengths = signatures.reshape(2, -1, 6).norm(dim=1)
    torch.testing.assert_close(lengths, torch.ones(2, 6))


def test_all_parts_share_a_convolution_or_have_their_own() -> None:
    size, options = (96, 32), {"backbone": "resnet18", "width": 0.25}
    own, shared = (create(name, 3, size=size, **options) for name in ("pcb", "pcb-shared"))
    assert (len(own.reductions), len(shared.reductions)) == (6, 1)
    assert len(own.classifiers) == len(shared.classifiers) == 6
    for reduction in own.reductions:
        reduction.load_state_dict(shared.reductions[0].state_dict())
    pooled = torch.randn(2, 128, 6)
    one_by_one = [own.reductions[part].eval()(pooled[:, :, part : part + 1]) for part in range(6)]
    torch.testing.assert_close(torch.cat(one_by_one, dim=2), shared.reductions[0].eval()(pooled))


def test_logits_of_a_part_come_from_its_stripe_alone() -> None:
    network = create("pcb", 3, size=(96, 32), backbone="resnet18", width=0.25)
    network.dropout.p = 0.0
    network.backbone = torch.nn.Identity()
    network.reductions = torch.nn.ModuleList(torch.nn.Conv1d(3, 256, 1) for _ in range(6))
    images = torch.randn(2, 3, 96, 32)
    before = network(images).logits
    images[:, :, 16:32] = 0  # the second stripe
    after = network(images).logits
    changed = [not torch.equal(old, new) for old, new in zip(before, after, strict=True)]
    assert changed == [False, True, False, False, False, False]
