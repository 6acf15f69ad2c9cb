"""``passerby train reid --federated``: sites that learn together and keep their images."""

from dataclasses import dataclass
from math import isinf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from passerby.cli.console import complain, say
from passerby.cli.train.console import number, shown_training
from passerby.errors import ConfigError
from passerby.extras import needing

if TYPE_CHECKING:
    from passerby.train.federated.rules import FederationRules
    from passerby.train.reid.plan import ReidPlan

__all__ = ["FederationOptions", "run_federated"]

DELTA = 1e-5


@dataclass(frozen=True, kw_only=True)
class FederationOptions:
    """How sites learn together."""

    federated: Annotated[
        Literal["server", "client"] | None,
        Parameter(
            help="Be the server, which has no images and averages what sites learned; or be a "
            "site, which keeps its images."
        ),
    ] = None
    rounds: Annotated[int, number(1, "After each, the server averages.")] = 10
    local_epochs: Annotated[int, number(1, "Epochs of a site in a round.")] = 1
    proximal: Annotated[
        float, number(0, "How strongly sites are pulled back to the mean (FedProx); 0 for FedAvg.")
    ] = 0.0
    keep_batchnorm: Annotated[
        bool,
        Parameter(
            help="Batch normalisation stays at each site (FedBN): only the sites get a network."
        ),
    ] = False
    clip: Annotated[
        float | None, number(0, "Longest update that a site sends; a longer one is shortened.")
    ] = None
    noise: Annotated[
        float,
        number(
            0,
            "Gaussian noise that a site adds to its update, in multiples of --clip: differential "
            f"privacy, whose epsilon at a delta of {DELTA:g} is printed.",
        ),
    ] = 0.0
    address: Annotated[
        str,
        Parameter(help="Host and port: on which the server listens, or where a site reaches it."),
    ] = "127.0.0.1:9443"
    certificate: Annotated[
        Path | None,
        Parameter(
            help="PEM file: the server's certificate; of a site, who vouches for it, if the system "
            "does not trust them."
        ),
    ] = None
    private_key: Annotated[
        Path | None,
        Parameter(help="The key of the server's certificate; of a site, its own, of ssh-keygen."),
    ] = None
    sites: Annotated[
        Path | None,
        Parameter(help="Of a server: file with the public key of each site, and its name."),
    ] = None
    fewest_sites: Annotated[int, number(1, "Sites with which a round begins.")] = 2
    patience: Annotated[
        float,
        number(1, "Seconds that a round waits for sites, or a site for a server that is away."),
    ] = 3600.0
    outlier: Annotated[
        float,
        number(2, "An update this many times as long as the median of a round is refused."),
    ] = 5.0


def run_federated(plan: "ReidPlan", options: FederationOptions, folder: Path) -> None:
    """Be a server or a site until all rounds are done."""
    from passerby.train.federated.rules import FederationRules  # noqa: PLC0415 - needs torch

    rules = FederationRules(
        rounds=options.rounds,
        local_epochs=options.local_epochs,
        mu=options.proximal,
        keep_batchnorm=options.keep_batchnorm,
        clip=options.clip,
        noise=options.noise,
    )
    complain(_privacy(rules))
    path = _serve(plan, rules, options, folder)
    say("only the sites have a network" if path is None else str(path))


def _privacy(rules: "FederationRules") -> str:
    """Say what the server may learn of a site."""
    from passerby.train.federated.privacy import epsilon_of  # noqa: PLC0415 - needs scipy

    epsilon = epsilon_of(rules.noise, rules.rounds, DELTA)
    if isinf(epsilon):
        return "updates can tell of the images of a site: nothing hides them from the server"
    return (
        f"all updates of a site together are ({epsilon:.3g}, {DELTA:g})-differentially private: "
        "any other images in the place of its own would look alike to the server"
    )


def _serve(
    plan: "ReidPlan", rules: "FederationRules", options: FederationOptions, folder: Path
) -> Path | None:
    with needing("federated", "federated training"):
        from passerby.train.federated.flower.client import Server  # noqa: PLC0415
        from passerby.train.federated.flower.keys import (  # noqa: PLC0415
            read_private_key,
            read_public_keys,
        )
        from passerby.train.federated.flower.link import Address  # noqa: PLC0415
        from passerby.train.federated.flower.run import (  # noqa: PLC0415
            host_federation,
            join_federation,
        )
        from passerby.train.federated.flower.server import Hosting  # noqa: PLC0415
    host, port = _host_and_port(options.address)
    if options.private_key is None:
        raise ConfigError(f"a {options.federated} needs a key: give --private-key")
    if options.federated == "server":
        if options.certificate is None or options.sites is None:
            raise ConfigError("a server needs --certificate, and the keys of its --sites")
        keys = read_public_keys(options.sites)
        if options.fewest_sites > len(keys):
            raise ConfigError(
                f"{options.sites} has {len(keys)} sites, and a round begins with "
                f"{options.fewest_sites}: lower --fewest-sites, or add keys"
            )
        address = Address(
            host=host, port=port, certificate=options.certificate, key=options.private_key
        )
        hosting = Hosting(
            address=address, keys=keys, fewest=options.fewest_sites, patience=options.patience
        )
        return host_federation(plan, rules, folder, hosting, options.outlier, complain)
    if plan.anonymize is None:
        raise ConfigError(
            "sites learn together from anonymized images only: say how with --anonymize"
        )
    server = Server(
        address=f"{host}:{port}",
        authority=options.certificate,
        key=read_private_key(options.private_key),
        patience=options.patience,
    )
    with shown_training(folder, rules.epochs) as report:
        return join_federation(
            plan, plan.anonymize, rules, folder, server, tell=complain, report=report
        )


def _host_and_port(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise ConfigError(f"address is {text!r}: give host and port, such as 0.0.0.0:9443")
    return host, int(port)
