"""Sites of a federation: each has people of its own, painted in one colour each."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from passerby.datasets import ReidDataset
from passerby.train.engine.machine import Machine
from passerby.train.federated.rules import FederationRules
from passerby.train.federated.site import Site, federated_plan
from passerby.train.reid.plan import ReidPlan

MakeSite = Callable[..., Site]


def covered(root: Path, path: str):
    """Stand in for an anonymizer: half of the picture is black."""
    image = cv2.imread(str(root / path))
    image[: len(image) // 2] = 0
    return image


@pytest.fixture
def federated(make_plan: Callable[..., ReidPlan]) -> ReidPlan:
    """A training of a tiny BoT from covered pictures."""
    plan = make_plan(anonymize=covered, anonymized_by={"cover": "half"})
    return replace(plan, recipe=replace(plan.recipe, erase=None))


@pytest.fixture
def make_site(federated: ReidPlan, tmp_path: Path) -> MakeSite:
    """Make the site of one camera of the painted people."""

    def make(
        camera: int, rules: FederationRules, folder: Path | None = None, **changes: object
    ) -> Site:
        dataset: ReidDataset = federated.dataset
        own = tuple(one for one in dataset.samples if one.camera == camera)
        plan = replace(federated, dataset=replace(dataset, samples=own), **changes)
        place = folder or tmp_path / f"site-{camera}"
        place.mkdir(exist_ok=True)
        machine = Machine(torch.device("cpu"), workers=0)
        noise = np.random.default_rng(5)
        return Site(federated_plan(plan, rules), covered, rules, place, machine, noise=noise)

    return make
