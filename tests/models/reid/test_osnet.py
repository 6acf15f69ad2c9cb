import pytest
import torch

from passerby.models.reid import create


@pytest.mark.parametrize(("stream", "cells"), [(0, 3), (1, 5), (2, 7), (3, 9)])
def test_the_streams_of_a_block_see_3_5_7_and_9_cells(stream: int, cells: int) -> None:
    block = create("osnet-x0.25", 4).stages[0][0].eval()
    maps = torch.randn(1, 16, 15, 15, requires_grad=True)
    block.streams[stream](maps)[0, :, 7, 7].sum().backward()
    rows, columns = maps.grad[0].abs().sum(0).nonzero().unbind(1)
    assert int(rows.max() - rows.min()) < cells
    assert int(columns.max() - columns.min()) < cells
    assert {cells - 1} == {int(rows.max() - rows.min()), int(columns.max() - columns.min())}


def test_all_streams_of_a_block_pass_one_gate() -> None:
    block = create("osnet-x0.25", 4).stages[0][0].eval()
    maps, joined = torch.randn(2, 16, 8, 4), []
    block.leave.register_forward_pre_hook(lambda _, inputs: joined.append(inputs[0]))
    block(maps)
    expected = torch.zeros_like(joined[0])
    for stream in block.streams:
        seen = stream(block.enter(maps))
        squeezed = seen.mean(dim=(2, 3), keepdim=True)
        expected += seen * block.gate[3](block.gate[1](squeezed).relu()).sigmoid()
    torch.testing.assert_close(joined[0], expected)
