"""An attack from the people to the report: the gate first, then the anonymizer, then the floor."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from passerby.attack.anonymizing import CropAnonymizer, boxes_alone
from passerby.attack.attack import ATTACKS, AttackFinding, Purpose, Tier, attacks_of
from passerby.attack.case import AttackCase, case_of, split_people
from passerby.attack.collisions import collisions_of
from passerby.attack.controls import CONTROLS
from passerby.attack.describing import CachedDescriber
from passerby.attack.faces import FaceTrial
from passerby.attack.gate import Gate, pass_gate
from passerby.attack.motion import TrackTrial
from passerby.attack.page import attack_page
from passerby.attack.page_content import page_content
from passerby.attack.page_pdf import attack_pdf
from passerby.attack.panel import PanelResult, attack_case
from passerby.attack.people import CropImages, CropPairs, LabelledCrops
from passerby.attack.pictures import examples
from passerby.attack.report import AttackReport, report_record
from passerby.attack.score_plots import draw_scores
from passerby.attack.scores import attack_scores, write_scores
from passerby.attack.use import use_of_crops
from passerby.errors import ConfigError
from passerby.evaluate.reid.result_files import write_json
from passerby.files.partial import write_bytes, write_text
from passerby.runtime.provenance import versions

__all__ = [
    "AttackPlan",
    "Baseline",
    "attack_steps",
    "baseline_steps",
    "hashes_of",
    "measured_baseline",
    "run_attack",
    "write_attack",
]

_ON_BOXES = ("attributes", "linkability", "singling-out", "v-information")
"""What is measured on boxes alone, beside how often people are recognised."""


@dataclass(frozen=True, kw_only=True, eq=False)
class AttackPlan:
    """What is attacked, and on whom.

    Attributes:
        title: The anonymizer, in words.
        source: The people, in words.
        people: Clear crops.
        anonymize: The anonymizer; None where its output is given.
        seen: Its output, shape of the clear crops; None where the anonymizer is given.
        settings: All options, for the record.
        tier: How much is tried.
        purpose: What the anonymized pictures are wanted for.
        missed: How many people were left as they are, where more pictures were looked at than
            there are crops.
        seed: Of all that is drawn.
        starts: What parrots start from, by name; see `passerby.attack.starts`.
        network: Whether the anonymizer is a network.
        tracks: Of a film from which the crops are.
        faces: Pictures of faces, and networks for them; only an anonymizer can be tried on them.
        most_bits: The most that a crop's output can tell of it; see `passerby.attack.certified`.

    Raises:
        ConfigError: If neither or both of the anonymizer and its output are given, or faces
            without an anonymizer.
    """

    title: str
    source: str
    people: LabelledCrops
    anonymize: CropAnonymizer | None = None
    seen: CropImages | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    tier: Tier = "quick"
    purpose: Purpose = "none"
    missed: AttackFinding | None = None
    seed: int = 0
    starts: Mapping[str, str] = field(default_factory=dict)
    network: bool = False
    tracks: TrackTrial | None = None
    faces: FaceTrial | None = None
    most_bits: float | None = None

    def __post_init__(self) -> None:
        if (self.anonymize is None) == (self.seen is None):
            raise ConfigError("give an anonymizer or its output, and not both")
        if self.faces is not None and self.anonymize is None:
            raise ConfigError("faces are tried on an anonymizer, and not on its output: name one")


@dataclass(frozen=True)
class Baseline:
    """What is the same for all anonymizers that are tried on the same people.

    Attributes:
        gate: Whether the attacks can be believed.
        floor: What they find in boxes alone.
    """

    gate: Gate
    floor: tuple[AttackFinding, ...]


def baseline_steps(tier: Tier) -> int:
    """How often `measured_baseline` tells of progress."""
    return len(CONTROLS) + len(_floor_attacks(tier))


def attack_steps(tier: Tier, *, network: bool = False) -> int:
    """How often `run_attack` tells of progress where it has a baseline."""
    return len(attacks_of(tier, network=network))


def measured_baseline(
    plan: AttackPlan, describe: CachedDescriber, progress: Callable[[], None] = lambda: None
) -> Baseline:
    """Try the attacks on controls, and on the boxes of people alone.

    Args:
        plan: Whose people, tier and seed count.
        describe: Makes signatures.
        progress: Called `baseline_steps` times.

    Raises:
        DetectionError: If the signature network fails.
        InputError: If the people do not suffice.
    """
    split = split_people(plan.people, seed=plan.seed)
    gate = pass_gate(
        split, describe, tier=plan.tier, seed=plan.seed, starts=plan.starts, progress=progress
    )
    floor = case_of(
        split,
        lambda people, _number: boxes_alone(people),
        describe,
        seed=plan.seed,
        starts=plan.starts,
    )
    return Baseline(gate, attack_case(floor, _floor_attacks(plan.tier), progress).findings)


def run_attack(
    plan: AttackPlan,
    describe: CachedDescriber,
    progress: Callable[[], None] = lambda: None,
    baseline: Baseline | None = None,
) -> AttackReport:
    """Attack an anonymizer.

    Args:
        plan: What is attacked, and on whom.
        describe: Makes signatures.
        progress: Called `attack_steps` times, and `baseline_steps` times without a baseline.
        baseline: Of the same people, tier and seed; measured if there is none.

    Raises:
        DetectionError: If the signature network fails.
        InputError: If the anonymizer fails, or the people do not suffice.
    """
    case = _case(plan, describe)  # first: an anonymizer that fails has no use for the rest
    known = baseline or measured_baseline(plan, describe, progress)
    attacks = _with(
        plan.missed, attack_case(case, attacks_of(plan.tier, network=plan.network), progress)
    )
    return AttackReport(
        anonymizer=plan.title,
        people=plan.source,
        gate=known.gate,
        attacks=attacks,
        floor=known.floor,
        use=use_of_crops(case.test, attacks.champions.linking.fitted),
        collisions=collisions_of(case.test, attacks.champions.linking.fitted),
        purpose=plan.purpose,
        settings=plan.settings,
        hashes=hashes_of(plan.people, describe),
        examples=tuple(examples(case, attacks)),
        scores=attack_scores(case.test, attacks.panel, attacks.champions),
    )


def hashes_of(people: LabelledCrops, describe: CachedDescriber) -> dict[str, str]:
    """The SHA-256 of what the figures depend on, by name."""
    return {"signature network": describe.sha256, "clear crops": _hash(people.images)}


def write_attack(report: AttackReport, folder: Path) -> tuple[str, ...]:
    """Write all files of a report into a folder that exists.

    ``report.json`` and ``report.html`` are always written; ``report.pdf``, ``scores.parquet`` and
    ``plots.png`` where the libraries for them are installed.

    Returns:
        What could not be written, and why.

    Raises:
        OutputError: If a file cannot be written.
    """
    content = page_content(report)
    write_json(folder / "report.json", report_record(report, versions()))
    write_text(folder / "report.html", attack_page(content))
    extras: dict[str, Callable[[Path], None]] = {
        "report.pdf": lambda path: write_bytes(path, attack_pdf(content)),
        "scores.parquet": lambda path: _write_scores(report, path),
        "plots.png": lambda path: draw_scores(path, report),
    }
    left_out = []
    for name, write in extras.items():
        try:
            write(folder / name)
        except ConfigError as error:
            left_out.append(f"{name} is left out: {error}")
    return tuple(left_out)


def _write_scores(report: AttackReport, path: Path) -> None:
    if report.scores is not None:
        write_scores(path, report.scores)


def _with(missed: AttackFinding | None, found: PanelResult) -> PanelResult:
    """Put a finding of more pictures in the place of that of crops."""
    if missed is None:
        return found
    findings = [missed if one.name == missed.name else one for one in found.findings]
    return replace(found, findings=tuple(findings))


def _floor_attacks(tier: Tier) -> list[str]:
    names = attacks_of(tier)
    return [one for one in names if ATTACKS[one].fit is not None or one in _ON_BOXES]


def _case(plan: AttackPlan, describe: CachedDescriber) -> AttackCase:
    split = split_people(plan.people, seed=plan.seed)
    if plan.seen is None:
        assert plan.anonymize is not None  # noqa: S101  (a plan has one of the two)
        case = case_of(
            split,
            plan.anonymize,
            describe,
            seed=plan.seed,
            starts=plan.starts,
            faces=plan.faces,
        )
        return replace(case, most_bits=plan.most_bits)
    pairs = CropPairs(plan.people, plan.seen)
    train, validation, test = (
        pairs.of(np.unique(part.ids)) for part in (split.train, split.validation, split.test)
    )
    return AttackCase(
        train, validation, test, describe, None, plan.seed, plan.starts, tracks=plan.tracks
    )


def _hash(images: CropImages) -> str:
    whole = np.ascontiguousarray(images)  # a buffer, which NumPy does not tell type checkers
    return sha256(whole).hexdigest()  # type: ignore[arg-type]
