"""torchvision's two-stage detectors, with a small one of random weights."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torchvision.models.detection import FasterRCNN, MaskRCNN, faster_rcnn
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.ops import MultiScaleRoIAlign

from passerby.errors import ConfigError, ModelError
from passerby.models.detectors.differentiable import (
    TWO_STAGE,
    DenseOutputs,
    Instances,
    TwoStageDetector,
    open_detector,
    two_stage,
)

BOXES = [torch.tensor([[8.0, 8, 30, 40]]), torch.zeros(0, 4)]


def network_of(kind: type[FasterRCNN] = FasterRCNN, **options: Any) -> FasterRCNN:
    """A trunk of two convolutions, and one feature map of stride 8."""
    torch.manual_seed(3)
    trunk = nn.Sequential(
        nn.Conv2d(3, 8, 4, stride=4),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.Conv2d(8, 16, 2, stride=2),
        nn.ReLU(),
    )
    trunk.out_channels = 16
    pool = MultiScaleRoIAlign(["0"], output_size=3, sampling_ratio=2)
    if kind is MaskRCNN:
        options["mask_roi_pool"] = MultiScaleRoIAlign(["0"], output_size=4, sampling_ratio=2)
    return kind(
        trunk,
        rpn_anchor_generator=AnchorGenerator(((16, 32),), ((0.5, 1.0),)),
        box_roi_pool=pool,
        **{"num_classes": 2, "min_size": 48, "max_size": 64, "box_score_thresh": 0.0} | options,
    )


@pytest.fixture
def images() -> Tensor:
    return torch.rand(2, 3, 48, 64, generator=torch.Generator().manual_seed(5))


def test_the_loss_is_the_sum_of_the_networks_own(images: Tensor) -> None:
    network = network_of()
    detector = TwoStageDetector(network)
    torch.manual_seed(7)
    given = detector.loss(images, BOXES)
    network.train()
    network.backbone[1].eval()
    wanted = [
        {"boxes": boxes, "labels": torch.ones(len(boxes), dtype=torch.int64)} for boxes in BOXES
    ]
    torch.manual_seed(7)
    losses = network(list(images), wanted)
    assert set(losses) == {
        "loss_classifier",
        "loss_box_reg",
        "loss_objectness",
        "loss_rpn_box_reg",
    }
    assert given.item() == pytest.approx(sum(one.item() for one in losses.values()), rel=1e-5)


def test_gradients_are_those_of_differences(images: Tensor) -> None:
    detector = TwoStageDetector(network_of().double())

    def loss(pictures: Tensor) -> Tensor:
        torch.manual_seed(7)
        return detector.loss(pictures, [boxes.double() for boxes in BOXES])

    pictures = images.double().requires_grad_()
    (gradient,) = torch.autograd.grad(loss(pictures), pictures)
    step = 1e-6 * gradient / gradient.norm()
    with torch.no_grad():
        slope = (loss(pictures + step) - loss(pictures - step)).item() / 2e-6
    assert slope == pytest.approx(gradient.norm().item(), rel=1e-3)


def test_it_stays_in_use_and_frozen(images: Tensor) -> None:
    detector = TwoStageDetector(network_of())
    before = {name: value.clone() for name, value in detector.state_dict().items()}
    detector.train()
    detector.loss(images, BOXES)
    assert not any(module.training for module in detector.modules())
    assert not any(one.requires_grad for one in detector.parameters())
    assert all(torch.equal(value, before[name]) for name, value in detector.state_dict().items())


def test_people_are_those_the_network_finds(images: Tensor) -> None:
    network = network_of().eval()
    detector = TwoStageDetector(network)
    with torch.no_grad():
        wanted = network(list(images))
    outputs = detector.outputs(images)
    for place, one in enumerate(wanted):
        count = len(one["scores"])
        torch.testing.assert_close(outputs.scores[place, :count], one["scores"])
        torch.testing.assert_close(outputs.boxes[place, :count], one["boxes"])
        assert not outputs.scores[place, count:].any()
    threshold = wanted[0]["scores"].median().item()
    first, _ = detector.decoded(images, threshold=threshold, overlap=1.0)
    chosen = wanted[0]["scores"] >= threshold
    assert 0 < len(first) == int(chosen.sum())
    torch.testing.assert_close(torch.tensor(first.boxes), wanted[0]["boxes"][chosen])


def test_only_people_count(images: Tensor) -> None:
    torch.manual_seed(3)
    network = network_of(num_classes=5).eval()
    with torch.no_grad():
        wanted = network(list(images))
    people = [int((one["labels"] == 1).sum()) for one in wanted]
    assert any(one["labels"].max() > 1 for one in wanted)
    given = TwoStageDetector(network).labels(images, threshold=0.0)
    assert [len(one.boxes) for one in given] == people


def test_features_are_those_of_the_trunk(images: Tensor) -> None:
    detector = TwoStageDetector(network_of())
    (features,) = detector.features(images)
    assert features.shape == (2, 16, 8, 8)  # padded to whole multiples of 32 pixels
    outputs, again = detector(images)
    assert isinstance(outputs, DenseOutputs)
    assert torch.equal(features, again[0])


def test_masks_count_where_all_pictures_have_them(images: Tensor) -> None:
    detector = TwoStageDetector(network_of(MaskRCNN))
    labels = detector.labels(images, threshold=0.0)
    assert all(one.masks is not None and one.masks.shape[1:] == (48, 64) for one in labels)
    whole = [
        Instances(boxes[None], torch.ones(1, 48, 64)) for boxes in (BOXES[0][0], BOXES[0][0] + 4)
    ]
    seen: list[set[str]] = []
    forward = detector.network.forward

    def note(*arguments: Any) -> Any:
        losses = forward(*arguments)
        if isinstance(losses, dict):
            seen.append(set(losses))
        return losses

    detector.network.forward = note  # type: ignore[method-assign]
    detector.loss(images, whole)
    detector.loss(images, [one.boxes for one in whole])
    detector.loss(images, [whole[0], Instances(whole[1].boxes)])
    assert ["loss_mask" in losses for losses in seen] == [True, False, False]
    assert detector.network.roi_heads.has_mask()


@pytest.mark.slow
def test_a_small_one_learns_to_find_a_square_and_teaches_it() -> None:
    network = network_of(box_score_thresh=0.05)
    detector = TwoStageDetector(network)
    detector.requires_grad_()
    optimizer = torch.optim.Adam(detector.parameters(), lr=3e-3)
    pictures = torch.full((2, 3, 48, 64), 0.2)
    boxes = [torch.tensor([[8.0, 8, 32, 32]]), torch.tensor([[28.0, 16, 52, 40]])]
    for picture, (box,) in zip(pictures, boxes, strict=True):
        left, top, right, bottom = box.int()
        picture[:, top:bottom, left:right] = 0.9
    torch.manual_seed(0)
    for _ in range(80):
        optimizer.zero_grad()
        detector.loss(pictures, boxes).backward()
        optimizer.step()
    for people, box in zip(detector.labels(pictures), boxes, strict=True):
        torch.testing.assert_close(people.boxes, box, atol=4, rtol=0)
    detector.requires_grad_(requires_grad=False)
    # Squares that have nearly faded: a step along the gradient makes them easier to find.
    faded = (pictures * 0.1 + 0.2).requires_grad_()

    def loss(given: Tensor) -> Tensor:
        torch.manual_seed(1)
        return detector.loss(given, boxes)

    (gradient,) = torch.autograd.grad(loss(faded), faded)
    with torch.no_grad():
        helped = faded - 0.1 * gradient / gradient.abs().max()
        assert loss(pictures) < loss(helped) < loss(faded)


# --- Names and bad input --------------------------------------------------------------------


@pytest.mark.slow
def test_the_networks_of_the_paper_are_opened_by_name() -> None:
    assert list(TWO_STAGE) == [
        "fasterrcnn-resnet50",
        "fasterrcnn-mobilenetv3-large",
        "fasterrcnn-mobilenetv3-large-320",
        "maskrcnn-resnet50",
    ]
    detector = open_detector("fasterrcnn-mobilenetv3-large-320", (64, 96), weights="scratch")
    assert isinstance(detector, TwoStageDetector)
    transform = detector.network.transform
    assert (transform.min_size, transform.max_size) == ((64,), 96)
    pictures = torch.rand(1, 3, 64, 96, requires_grad=True)
    torch.manual_seed(0)
    detector.loss(pictures, [torch.tensor([[10.0, 10, 40, 60]])]).backward()
    assert torch.isfinite(pictures.grad).all()
    assert pictures.grad.any()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> str:
    """A small network by name."""

    def build(weights: object = None, weights_backbone: object = None, **sides: Any) -> FasterRCNN:
        if weights is not None:
            raise OSError("no route to host")
        return network_of(**sides)

    published = TWO_STAGE["fasterrcnn-resnet50"]
    entry = two_stage._Published(build, published.weights, 0.25)
    monkeypatch.setitem(TWO_STAGE, "small", entry)
    return "small"


def test_weights_are_read_from_a_file(small: str, tmp_path: Path) -> None:
    network = network_of()
    nn.init.constant_(network.backbone[0].weight, 0.5)
    torch.save(network.state_dict(), tmp_path / "own.pth")
    own = TwoStageDetector.named(small, weights=tmp_path / "own.pth").network
    assert (own.backbone[0].weight == 0.5).all()
    assert own.backbone[1].eps == 1e-5


def test_published_weights_keep_their_epsilon(small: str, tmp_path: Path) -> None:
    state = {name: one for name, one in network_of().state_dict().items() if "tracked" not in name}
    torch.save(state, tmp_path / "published.pth")
    published = TwoStageDetector.named(small, weights=tmp_path / "published.pth").network
    assert published.backbone[1].eps == 0.25


def test_weights_that_cannot_be_had_are_an_error(small: str, tmp_path: Path) -> None:
    with pytest.raises(
        ModelError, match=r"small could not be fetched \(no route to host\): download"
    ):
        open_detector(small)
    torch.save(network_of(num_classes=7).state_dict(), tmp_path / "seven.pth")
    with pytest.raises(ModelError, match=r"seven\.pth does not fit .*cls_score\.weight is \(7, "):
        open_detector(small, weights=tmp_path / "seven.pth")
    with pytest.raises(ModelError, match=r"none\.pth"):
        open_detector(small, weights=tmp_path / "none.pth")
    with pytest.raises(ConfigError, match=r"weights are for .*: passerby-people has its own"):
        open_detector("passerby-people", weights=tmp_path / "own.pth")


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        (DenseOutputs(torch.zeros(2, 1, 4), torch.zeros(2, 1)), "learns from labels"),
        (BOXES[:1], "labels of 1 pictures for 2"),
        ([BOXES[0][0], BOXES[1]], r"picture 0 are .* of shape \(4,\)"),
        ([BOXES[1], BOXES[0].long()], r"picture 1 are torch.int64"),
        ([torch.tensor([[9.0, 9, 9, 20]]), BOXES[1]], "a box of picture 0 has no size"),
        ([Instances(BOXES[0], torch.zeros(3, 48, 64)), BOXES[1]], "1 boxes and 3 masks"),
    ],
)
def test_labels_that_do_not_fit_are_refused(images: Tensor, targets: Any, message: str) -> None:
    detector = TwoStageDetector(network_of())
    with pytest.raises(ConfigError, match=message):
        detector.loss(images, targets)
    with pytest.raises(ConfigError, match="drop an alpha channel"):
        detector.outputs(torch.zeros(1, 4, 48, 64))


def test_what_fails_leaves_the_network_in_use(
    images: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    detector = TwoStageDetector(network_of(MaskRCNN))
    monkeypatch.setattr(faster_rcnn.TwoMLPHead, "forward", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        detector.loss(images, BOXES)
    assert not any(module.training for module in detector.modules())
    assert detector.network.roi_heads.has_mask()
