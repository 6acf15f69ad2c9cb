import hashlib
from pathlib import Path
from typing import Any
from urllib.error import URLError

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torchvision.models import ResNet18_Weights, resnet18

from passerby.errors import ModelError
from passerby.models.half_precision import halved
from passerby.models.reid import ReidNetwork, create
from passerby.models.reid.export import export_network
from passerby.models.reid.weights import exported_file, start_from_export

SIZE = 64, 32


def bot(people: int = 3, **options: Any) -> ReidNetwork:
    return create("bot", people, size=SIZE, **{"backbone": "resnet18", **options})


def save(content: object, path: Path) -> Path:
    torch.save(content, path)
    return path


def same(ours: dict[str, torch.Tensor], theirs: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(value, theirs[name]) for name, value in ours.items())


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> dict[str, torch.Tensor]:
    """ImageNet weights of ResNet-18 as torchvision would give them."""
    state = resnet18().state_dict()
    monkeypatch.setattr(ResNet18_Weights, "get_state_dict", lambda self, **_: state)
    return state


def test_imagenet_weights_reach_the_backbone(published: dict[str, torch.Tensor]) -> None:
    network = bot(weights="imagenet")
    assert same(network.backbone.state_dict(), published)
    assert network.origin.kind == "imagenet"
    assert network.origin.source == ResNet18_Weights.IMAGENET1K_V1.url


def test_they_reach_the_trunk_of_parts(published: dict[str, torch.Tensor]) -> None:
    network = create("pcb", 3, size=SIZE, backbone="resnet18", weights="imagenet")
    assert same(network.backbone.state_dict(), published)


@pytest.mark.parametrize(
    "options", [{"width": 0.25}, {"backbone": "timm/resnet10t"}, {"name": "osnet-x0.25"}]
)
def test_where_there_are_none_it_starts_from_scratch_and_says_so(options: dict[str, Any]) -> None:
    known = {"name": "bot"} | options
    if known["name"] == "bot":
        known = {"backbone": "resnet18"} | known
    origin = create(num_classes=3, size=SIZE, weights="imagenet", **known).origin
    assert str(origin) == "from scratch (torchvision has no ImageNet weights for it)"


@pytest.mark.parametrize("error", [URLError("no network"), RuntimeError("invalid hash value")])
def test_when_they_cannot_be_fetched_it_starts_from_scratch_and_says_why(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: object, **_: object) -> None:
        raise error

    monkeypatch.setattr(ResNet18_Weights, "get_state_dict", fail)
    origin = bot(weights="imagenet").origin
    assert origin.kind == "scratch"
    assert origin.note == f"ImageNet weights could not be downloaded: {error}"


def test_weights_for_another_size_are_refused_in_one_line(
    published: dict[str, torch.Tensor],
) -> None:
    published["layer1.0.conv1.weight"] = torch.zeros(1)
    with pytest.raises(ModelError, match="of resnet18 do not fit images of 64x32: ") as caught:
        bot(weights="imagenet")
    assert "\n" not in str(caught.value)


def test_weights_that_lack_a_layer_are_refused(published: dict[str, torch.Tensor]) -> None:
    del published["layer2.0.conv1.weight"]
    with pytest.raises(
        ModelError, match=r"lacks layer2\.0\.conv1\.weight: install torchvision again"
    ):
        bot(weights="imagenet")


@pytest.mark.parametrize("wrapped", ["", "state_dict", "network"])
def test_a_file_of_the_whole_network_is_taken_whole(wrapped: str, tmp_path: Path) -> None:
    state = bot().state_dict()
    path = save({wrapped: state, "step": 3} if wrapped else state, tmp_path / "bot.pth")
    network = bot(weights=path)
    assert same(network.state_dict(), state)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    origin = network.origin
    assert (origin.kind, origin.source, origin.sha256, origin.note) == (
        ("file", str(path), sha256, "")
    )


def test_names_given_by_several_gpus_are_understood(tmp_path: Path) -> None:
    state = bot().state_dict()
    path = save({f"module.{name}": value for name, value in state.items()}, tmp_path / "bot.pth")
    assert same(bot(weights=str(path)).state_dict(), state)


def test_the_classifier_of_other_people_is_left_out(tmp_path: Path) -> None:
    state = bot(people=7).state_dict()
    network = bot(people=3, weights=save(state, tmp_path / "bot.pth"))
    assert network.origin.note == "still random: classifier.weight"
    assert same(network.backbone.state_dict(), bot_backbone(state))


def bot_backbone(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    name = "backbone."
    return {key.removeprefix(name): v for key, v in state.items() if key.startswith(name)}


def test_refined_parts_start_from_stripes(tmp_path: Path) -> None:
    options = {"size": SIZE, "backbone": "resnet18", "width": 0.25}
    stripes = create("pcb", 3, **options)
    path = save(stripes.state_dict(), tmp_path / "pcb.pth")
    refined = create("pcb-rpp", 3, weights=path, **options)
    assert same(stripes.state_dict(), refined.state_dict())
    assert refined.origin.note == "still random: pooling.part_classifier.weight"
    with pytest.raises(ModelError, match=r"does not fit pcb: pooling\.part_classifier\.weight is"):
        create("pcb", 3, weights=save(refined.state_dict(), tmp_path / "rpp.pth"), **options)


def test_a_file_of_the_backbone_fills_the_backbone(tmp_path: Path) -> None:
    state = resnet18().state_dict()
    network = bot(weights=save(state, tmp_path / "resnet18.pth"))
    assert same(network.backbone.state_dict(), state)
    assert network.origin.note == "its backbone only"


def test_a_file_of_another_model_or_width_is_refused(tmp_path: Path) -> None:
    other = create("osnet-x0.25", 3, size=SIZE)
    with pytest.raises(
        ModelError, match=r"other.pth does not fit bot: \S+ is .* there and .* here"
    ):
        bot(weights=save(other.state_dict(), tmp_path / "other.pth"))
    narrow = bot(width=0.25)
    with pytest.raises(ModelError, match=r"is \(16,\) there and \(64,\) here; give weights of"):
        bot(weights=save(narrow.state_dict(), tmp_path / "narrow.pth"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "^cannot read .*weights.pth .No such file or directory.: check the path$"),
        (b"", "^.*weights.pth is not a file of torch weights, or is damaged: give [^\n]*$"),
        (b"not weights at all", "^.*weights.pth is not a file of torch weights"),
    ],
)
def test_what_is_no_file_of_weights_is_refused(
    content: bytes | None, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "weights.pth"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=message) as caught:
        bot(weights=path, width=0.25)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [[1, 2], {}, {"step": 3}, torch.zeros(2)])
def test_a_file_of_something_else_is_refused(content: object, tmp_path: Path) -> None:
    path = save(content, tmp_path / "weights.pth")
    with pytest.raises(
        ModelError, match=r"weights\.pth holds no weights by name: save a state_dict"
    ):
        bot(weights=path, width=0.25)


def test_code_in_a_file_is_not_run(tmp_path: Path) -> None:
    path = save(torch.nn.Linear(2, 2), tmp_path / "weights.pth")  # a whole object, pickled
    with pytest.raises(ModelError, match="is not a file of torch weights"):
        bot(weights=path, width=0.25)


def exported(path: Path, name: str, options: dict[str, Any]) -> ReidNetwork:
    """Write a network whose normalisations differ from channel to channel."""
    torch.manual_seed(3)
    network = create(name, 3, scale="quick", size=(64, 32), **options)
    for layer in network.modules():
        if isinstance(layer, torch.nn.BatchNorm1d | torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(layer.weight, 0.5, 1.5)
            torch.nn.init.uniform_(layer.bias, -0.2, 0.2)
            layer.momentum = None
    with torch.no_grad():
        network.train()(torch.randn(8, 3, 64, 32))
    export_network(network.eval(), path)
    return network


@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize(
    ("name", "options"),
    [("mobilenet-v2", {"width": 0.25, "channels": 32, "frozen": 3}), ("bot", {"width": 0.125})],
)
def test_an_exported_network_can_learn_on(
    tmp_path: Path, name: str, options: dict[str, Any], *, half: bool
) -> None:
    path = tmp_path / "network.onnx"
    exported(path, name, options)
    if half:
        onnx.save(halved(onnx.load(path)), path)
    torch.manual_seed(4)
    network = create(name, 7, scale="quick", size=(64, 32), **options)
    start_from_export(network, path, torch.randn(16, 3, 64, 32))
    assert (network.training, network.origin.source) == (True, str(path))
    unseen = torch.randn(2, 3, 64, 32)
    session = onnxruntime.InferenceSession(str(path))
    (said,) = session.run(None, {"images": unseen.numpy()})
    with torch.no_grad():
        found = network.eval()(unseen).numpy()
    assert said.std() > 0.01
    np.testing.assert_allclose(found, said, rtol=1e-3, atol=1e-3)


def test_an_export_of_another_network_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "network.onnx"
    exported(path, "bot", {"width": 0.125})
    network = create("bot", 3, scale="quick", size=(64, 32), width=0.25)
    with pytest.raises(ModelError, match=r"network\.onnx does not hold the weights of this"):
        start_from_export(network, path, torch.randn(2, 3, 64, 32))


def test_exports_are_told_by_their_names(tmp_path: Path) -> None:
    assert exported_file("passerby-signature") is not None
    assert exported_file(tmp_path / "network.onnx") == tmp_path / "network.onnx"
    assert [exported_file(one) for one in ("scratch", "imagenet", "model.pt")] == [None] * 3
