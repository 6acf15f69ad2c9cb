"""What is computed with, alone and with others."""

import os
import pickle
import socket
import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from torch import distributed

from passerby.errors import ConfigError
from passerby.models.reid import create
from passerby.models.reid.checkpoint import load_network
from passerby.train.engine.machine import Share, machine_of
from passerby.train.engine.schedules import Steps
from passerby.train.reid.run import train_reid
from passerby.train.reid.settings import Optimizer


def test_a_process_alone_has_all_of_a_batch():
    with machine_of("auto", 2, 3) as machine:
        assert machine.device.type == "cpu"
        assert machine.share == Share(0, 1, 2)
        assert machine.workers == 3
        assert machine.leads
        assert not machine.mixed
    assert not distributed.is_initialized()


@pytest.mark.parametrize(("precision", "mixed"), [("bf16", True), ("fp32", False)])
def test_precision_is_what_is_asked_for(precision, mixed):
    with machine_of(precision, 1, 0) as machine:
        assert machine.mixed is mixed


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("fp8", 1, 0), "precision is 'fp8': choose auto, bf16 or fp32"),
        (("auto", 0, 0), "accumulate is 0"),
        (("auto", 1, -1), "workers -1"),
    ],
)
def test_what_no_machine_has_is_refused(options, complaint):
    with pytest.raises(ConfigError, match=complaint), machine_of(*options):
        pass


@pytest.mark.parametrize(
    "started", [{"LOCAL_RANK": "2"}, {"LOCAL_RANK": "0", "LOCAL_WORLD_SIZE": "3"}]
)
def test_more_processes_than_gpus_are_refused(monkeypatch, started):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    for name, value in started.items():
        monkeypatch.setenv(name, value)
    told = "3 processes cannot have a GPU each: this machine has 2: .* --nproc-per-node 2"
    with pytest.raises(ConfigError, match=told), machine_of("auto", 1, 0):
        pass


AS_ONE_OF_TWO = """
import pickle, sys
from pathlib import Path
import torch
from passerby.train.reid.run import train_reid
from passerby.train.engine.schedules import Steps
from passerby.train.reid.settings import Optimizer

torch.set_num_threads(1)
torch.cuda.is_available = lambda: False
train_reid(pickle.loads(Path(sys.argv[1]).read_bytes()), Path(sys.argv[2]))
"""


def train_as_two(plan, folder):
    """Train in two processes, as torchrun starts them."""
    folder.with_suffix(".plan").write_bytes(pickle.dumps(plan))
    names = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port())}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", AS_ONE_OF_TWO, folder.with_suffix(".plan"), folder],
            env={**os.environ, **names, "RANK": str(rank), "LOCAL_RANK": str(rank)},
        )
        for rank in range(2)
    ]
    assert [process.wait() for process in processes] == [0, 0]


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def weights_in(network):
    return torch.cat([one.detach().flatten() for one in network.parameters()])


def test_two_processes_learn_what_one_learns_in_two_parts(make_plan, tmp_path):
    """Both split each batch alike and average gradients alike; only sums are rounded otherwise."""
    plan = make_plan(evaluates=False, precision="fp32")
    recipe = replace(
        plan.recipe,
        epochs=1,
        order=replace(plan.recipe.order, people=4),
        optimizer=Optimizer(kind="sgd", learning_rate=0.02),
        schedule=Steps(()),
    )
    plan = replace(plan, recipe=recipe)
    train_reid(replace(plan, accumulate=2), tmp_path / "one")
    train_as_two(plan, tmp_path / "two")
    torch.manual_seed(plan.seed)
    options = {**recipe.options, **plan.options}
    start = create(plan.model, 4, scale=recipe.scale, size=recipe.size, **options)
    one, two = (weights_in(load_network(tmp_path / name / "model.pt")) for name in ("one", "two"))
    assert (weights_in(start) - one).abs().max() > 0.01
    assert (two - one).abs().max() < 1e-4
    written = {"model.pt", "state.pt", "losses.csv", "losses.png"}
    assert {path.name for path in (tmp_path / "two").iterdir()} == written
