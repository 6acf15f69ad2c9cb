"""What a server can read from updates of a federation: pictures, and who is in them.

    python benchmarks/gradient_inversion.py ../shared/data/reid/market1501-500 -o leak.json

A site takes one step on images whose heads are black, and the server gets the gradient of what is
shared, which is what one step of SGD sends. The worst case for the site is measured: the server
knows the weights, normalisation uses its known statistics, and it is told the gradient at the
signature, which the classifier at home has made.

- Pictures are rebuilt by gradient matching (Geiping et al. 2020, arXiv 2003.14053): the cosine to
  the gradient that was sent, total variation, signed Adam. What they tell is the explained variance
  of the pixels below the black quarter, over a guess of their mean colour; a picture that was
  rebuilt from somebody else's gradient is the control.
- Signatures are read off the last layer: the gradient of its weights is the product of the gradient
  at the signature, which is that of its bias, and of its input. Who is nearest, among one other
  image each of so many people, is who is said to be there.

Sent are the gradient of one image, the mean over the images of several sites (one each), and the
one of a single image clipped and hidden in noise.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from passerby.datasets import read_dataset
from passerby.models.reid import ReidNetwork
from passerby.models.reid.mobilenet import MobileNetV2
from passerby.pipeline.settings import Settings
from passerby.train.federated.start import start_network
from passerby.train.reid.batches import normalised
from passerby.train.reid.plan import ReidPlan
from passerby.train.reid.recipes import recipe
from passerby.twins.pictures import TwinPictures
from stamp import stamp

PRESET = "van-rooijen-black"
BLACK = 0.25
"""Share of a picture's height that the preset covers."""


def gradient(
    network: ReidNetwork, images: Tensor, classifier: nn.Module, labels: Tensor
) -> tuple[dict[str, Tensor], Tensor]:
    """Return the gradients of a step by name, and those at the signatures, shape (B, d)."""
    signatures = network.describe(images)
    signatures.retain_grad()
    loss = nn.functional.cross_entropy(classifier(signatures), labels)
    weights = shared(network)
    sent = torch.autograd.grad(loss, [*weights.values(), signatures])
    return dict(zip(weights, sent[:-1], strict=True)), sent[-1]


def shared(network: ReidNetwork) -> dict[str, Tensor]:
    """Return the weights that sites share."""
    return {
        name: one for name, one in network.named_parameters() if not name.startswith("classifier")
    }


def hidden(sent: dict[str, Tensor], noise: float, seed: int) -> dict[str, Tensor]:
    """Clip a gradient to its own length, the kindest choice, and add noise of so many lengths."""
    length = torch.sqrt(sum((one.square().sum() for one in sent.values()), torch.zeros(())))
    draw = torch.Generator().manual_seed(seed)
    return {
        name: one + noise * length * torch.randn(one.shape, generator=draw)
        for name, one in sent.items()
    }


def rebuilt(
    network: ReidNetwork, sent: dict[str, Tensor], at_signature: Tensor, steps: int, seed: int
) -> Tensor:
    """Find a picture whose gradient points where the one that was sent does."""
    torch.manual_seed(seed)
    height, width = network.size
    picture = torch.randn(1, 3, height, width, requires_grad=True)
    optimizer = torch.optim.Adam([picture], lr=0.1)
    fall = torch.optim.lr_scheduler.MultiStepLR(
        optimizer, [steps * 3 // 8, steps * 5 // 8, steps * 7 // 8]
    )
    weights = shared(network)
    for _ in range(steps):
        optimizer.zero_grad()
        signature = network.describe(picture)
        own = torch.autograd.grad(
            (signature * at_signature).sum(), list(weights.values()), create_graph=True
        )
        pairs = list(zip(own, sent.values(), strict=True))
        dot = sum(((one * other).sum() for one, other in pairs), torch.zeros(()))
        first = sum((one.square().sum() for one, _ in pairs), torch.zeros(()))
        second = sum((other.square().sum() for _, other in pairs), torch.zeros(()))
        across = (picture[..., 1:] - picture[..., :-1]).abs().mean()
        down = (picture[..., 1:, :] - picture[..., :-1, :]).abs().mean()
        (1 - dot / torch.sqrt(first * second) + 1e-2 * (across + down)).backward()  # type: ignore[no-untyped-call]
        assert picture.grad is not None  # noqa: S101  (of backward)
        picture.grad.sign_()
        optimizer.step()
        fall.step()
    return picture.detach()


def explained(picture: Tensor, truth: Tensor) -> float:
    """Explained variance of the pixels that are not covered, over their mean colour."""
    top = round(BLACK * truth.shape[2])
    seen, real = picture[:, :, top:], truth[:, :, top:]
    guess = real.mean(dim=(2, 3), keepdim=True)
    return float(1 - (seen - real).square().mean() / (guess - real).square().mean())


def read_signature(network: ReidNetwork, sent: dict[str, Tensor]) -> Tensor:
    """Read a signature off the gradient of the last layer."""
    assert isinstance(network, MobileNetV2)  # noqa: S101  (made so)
    layer = network.embedding[1]
    assert isinstance(layer, nn.Linear)  # noqa: S101  (of that network)
    at_signature, of_weights = sent["embedding.1.bias"], sent["embedding.1.weight"]
    given = at_signature @ of_weights / at_signature.square().sum()
    return (layer.weight @ given + layer.bias).detach()


def measured(asked: argparse.Namespace) -> dict[str, Any]:
    """Attack the updates of some people."""
    dataset = read_dataset(asked.data)
    anonymize = TwinPictures(Settings.of(preset=PRESET))
    plan = ReidPlan(
        model="mobilenet-v2",
        dataset=dataset,
        recipe=recipe("mobilenet-v2", "quick"),
        weights="passerby-signature",
    )
    network = start_network(plan).eval()
    query, gallery = dataset.part("query"), dataset.part("gallery")
    people = np.unique(query.identities)[: asked.people]
    firsts = [int(np.flatnonzero(query.identities == one)[0]) for one in people]
    others = [
        int(
            np.flatnonzero((gallery.identities == one) & (gallery.cameras != query.cameras[place]))[
                0
            ]
        )
        for one, place in zip(people, firsts, strict=True)
    ]

    def images(paths: Sequence[str]) -> Tensor:
        pictures = np.stack([anonymize(dataset.root, path) for path in paths])
        return normalised(torch.from_numpy(pictures), torch.device("cpu"))

    targets = images([query.paths[place] for place in firsts])
    candidates = images([gallery.paths[place] for place in others])
    with torch.no_grad():
        known = nn.functional.normalize(network.describe(candidates))
        true = nn.functional.normalize(network.describe(targets))
    torch.manual_seed(asked.seed)
    classifier = nn.Linear(network.dimension, asked.classes, bias=False)
    labels = torch.randint(asked.classes, (len(targets),))
    alone = [
        gradient(network, targets[n : n + 1], classifier, labels[n : n + 1])
        for n in range(len(targets))
    ]
    ways: dict[str, list[dict[str, Tensor]]] = {"one image": [one for one, _ in alone]}
    for sites in asked.sites:
        ways[f"mean of {sites} sites"] = [
            {
                name: torch.stack(
                    [alone[(n + step) % len(alone)][0][name] for step in range(sites)]
                ).mean(0)
                for name in alone[0][0]
            }
            for n in range(len(alone))
        ]
    for noise in asked.noise:
        ways[f"one image, noise {noise:g}"] = [
            hidden(one, noise, n) for n, (one, _) in enumerate(alone)
        ]
    figures = {}
    for way, sent in ways.items():
        read = nn.functional.normalize(torch.stack([read_signature(network, one) for one in sent]))
        nearest = (read @ known.T).argmax(1).numpy()
        found = float(np.mean(nearest == np.arange(len(sent))))
        clear = float((read * true).sum(1).mean())
        own, control = [], []
        for n in range(asked.pictures):
            picture = rebuilt(network, sent[n], alone[n][1], asked.steps, asked.seed + n)
            own.append(explained(picture, targets[n : n + 1]))
            control.append(explained(picture, targets[(n + 7) % len(targets)][None]))
        figures[way] = {"linked": found, "cosine": clear, "explained": own, "control": control}
        print(way, figures[way], flush=True)
    reference = float(np.mean((true @ known.T).argmax(1).numpy() == np.arange(len(true))))
    return {"ways": figures, "linked_by_true_signatures": reference, "chance": 1 / len(people)}


def main() -> None:
    """Attack, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--pictures", type=int, default=3, help="people whose picture is rebuilt")
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--classes", type=int, default=100)
    parser.add_argument("--sites", type=int, nargs="+", default=[6])
    parser.add_argument("--noise", type=float, nargs="+", default=[0.01])
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    record = {**measured(asked), **stamp()}
    asked.output.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
