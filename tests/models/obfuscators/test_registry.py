"""Obfuscators by name."""

import pytest

from passerby.errors import ConfigError
from passerby.models.obfuscators import OBFUSCATORS, MobileAutoencoder, UNet, create_obfuscator


def test_a_network_knows_how_it_was_made():
    network = create_obfuscator("mobile-autoencoder", width=0.2)
    assert isinstance(network, MobileAutoencoder)
    assert network.training
    assert (network.name, network.options) == (
        "mobile-autoencoder",
        {"width": 0.2, "padding": "zeros"},
    )


@pytest.mark.parametrize("name", OBFUSCATORS)
def test_what_nobody_says_is_as_the_card_has_it(name):
    card = OBFUSCATORS[name]
    plain, named = create_obfuscator(name), card.build(**card.options)
    assert [one.shape for one in plain.parameters()] == [one.shape for one in named.parameters()]
    assert plain.options == dict(card.options)


def test_the_sizes_of_u_nets_differ():
    counts = [
        sum(one.numel() for one in UNet(size=size).parameters())
        for size in ("small", "medium", "large")
    ]
    assert counts[0] < counts[1] / 3 < counts[2] / 9


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("mosaic", {}, "unknown obfuscator 'mosaic': choose one of five-layer-filter"),
        ("shuffle", {"width": 1}, "shuffle has no option 'width': choose one of channels, depth"),
        ("shuffle", {"channels": 0}, "channels is 0: give a whole number from 1 to 1024"),
        ("shuffle", {"channels": True}, "channels is True: give a whole number"),
        ("shuffle", {"depth": 2.5}, "depth is 2.5: give a whole number from 1 to 64"),
        ("mobile-autoencoder", {"width": 0}, "width is 0: give a share of the channels"),
        ("mobile-autoencoder", {"width": float("nan")}, "width is nan: give a share"),
        ("mobile-autoencoder", {"width": "half"}, "width is 'half': give a share"),
        ("mobile-autoencoder", {"padding": "same"}, "padding is 'same': choose one of zeros"),
        ("u-net", {"size": "huge"}, "size is 'huge': choose one of small, medium, large"),
        ("five-layer-filter", {"kernels": (5, 7, 3)}, r"kernels are \(5, 7, 3\): give five"),
        ("five-layer-filter", {"kernels": (5, 7, 7, 5, 4)}, "of which the last is 3"),
        ("five-layer-filter", {"kernels": "57753"}, "give five numbers"),
        ("five-layer-filter", {"kernels": 5}, "kernels are 5: give five numbers"),
        ("five-layer-filter", {"kernels": (5, 0, 7, 5, 3)}, "a number of kernels is 0: give"),
        ("five-layer-filter", {"initialisation": "he"}, "initialisation is 'he': choose one of"),
    ],
)
def test_what_cannot_be_made_is_refused(name, options, message):
    with pytest.raises(ConfigError, match=message):
        create_obfuscator(name, **options)
