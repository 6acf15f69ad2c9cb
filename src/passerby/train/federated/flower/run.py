"""A federation from its settings to networks on disk: the server's part, and a site's."""

from dataclasses import asdict
from pathlib import Path

from passerby.files.output_folder import OutputFolder
from passerby.models.reid.checkpoint import read_card
from passerby.train.engine.machine import machine_of
from passerby.train.engine.progress import Report
from passerby.train.engine.state import check_settings
from passerby.train.federated.federation import Federation
from passerby.train.federated.flower.client import Server, take_part
from passerby.train.federated.flower.messages import Tell
from passerby.train.federated.flower.server import Hosting, host
from passerby.train.federated.rules import FederationRules
from passerby.train.federated.site import Site, federated_plan, terms_of_plan
from passerby.train.federated.start import FEWEST_CLASSES, start_network
from passerby.train.reid.pictures import Anonymize
from passerby.train.reid.plan import ReidPlan
from passerby.train.reid.record import as_json, code_and_machine, network_card
from passerby.train.reid.run import MODEL_FILE, STATE_FILE

__all__ = ["host_federation", "join_federation"]


def host_federation(
    plan: ReidPlan,
    rules: FederationRules,
    folder: Path,
    hosting: Hosting,
    outlier: float,
    tell: Tell,
) -> Path | None:
    """Be the server of a federation, or go on with the one in ``folder``.

    Args:
        plan: Of the training; its data set is not read.
        rules: Of the federation.
        folder: Gets ``state.pt`` after each round, and ``model.pt`` at the end.
        hosting: How sites are waited for.
        outlier: See `passerby.train.federated.acceptance.accept`.
        tell: Gets one line about whatever happens.

    Returns:
        The path of ``model.pt``; None if sites keep their normalisation: only they have a network.

    Raises:
        ConfigError: If the settings, the certificate or the keys cannot be used.
        ModelError: If the folder is of another federation, or the first weights do not fit.
        OutputError: If the folder cannot be written, or the address not be listened on.
    """
    agreed = federated_plan(plan, rules)
    terms = terms_of_plan(agreed, rules)
    network = start_network(plan)
    federation = Federation.begun(network, keep_batchnorm=rules.keep_batchnorm, outlier=outlier)
    maker, state = code_and_machine(), folder / STATE_FILE
    with OutputFolder.made(folder).locked():
        if state.exists():
            federation.resume(terms, state)
            tell(f"goes on after round {len(federation.rounds)} of {rules.rounds}")
        host(federation, rules.rounds, terms, state, hosting, tell)
        if rules.keep_batchnorm:
            return None
        path = folder / MODEL_FILE
        asked = {
            **terms,
            "num_classes": FEWEST_CLASSES,
            "condition": plan.condition,
            "seed": plan.seed,
        }
        asked |= {"weights": str(plan.weights), "origin": as_json(network.origin)}
        asked |= {"rounds": [as_json(asdict(one)) for one in federation.rounds]}
        card = network_card(asked, network, rules.epochs, maker, {})
        federation.write_network(network, card, path)
        return path


def join_federation(
    plan: ReidPlan,
    anonymize: Anonymize,
    rules: FederationRules,
    folder: Path,
    server: Server,
    *,
    tell: Tell,
    report: Report,
) -> Path:
    """Be a site of a federation until it is done, or come back to it.

    Args:
        plan: Of the training.
        anonymize: How images are anonymized as they are read.
        rules: Of the federation.
        folder: Gets ``state.pt`` after each round, and ``model.pt`` at the end.
        server: With whom to learn.
        tell: Gets one line about whatever happens.
        report: Told how far the site is.

    Returns:
        The path of ``model.pt``.

    Raises:
        ConfigError: If the plan does not fit the data set or the machine.
        InputError: If there is nothing to learn from, or a picture cannot be read.
        ModelError: If the folder is of another training.
        OutputError: If the folder cannot be written, or another run writes into it.
        PeerError: If the server cannot be reached, refuses, or learns on other terms.
    """
    agreed = federated_plan(plan, rules)
    with (
        machine_of(plan.precision, plan.accumulate, plan.workers) as machine,
        OutputFolder.made(folder).locked(),
    ):
        path = folder / MODEL_FILE
        if path.exists():
            check_settings(
                read_card(path), {"federated": terms_of_plan(agreed, rules)}, path, may_change=()
            )
            return path
        site = Site(agreed, anonymize, rules, folder, machine, report=report)
        return take_part(site, rules.rounds, server, tell)
