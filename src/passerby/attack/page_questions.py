"""What a report is asked: the questions of WP29 opinion 05/2014, and what else can go wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from passerby.attack.attack import ATTACKS, IDENTIFYING, LINKING, AttackFinding
from passerby.attack.attacks.attributes import ATTRIBUTE
from passerby.attack.attacks.faces import FOUND, RECOGNISED
from passerby.attack.attacks.motion import BY_LOOKS, BY_MOTION
from passerby.attack.motion import GAPS
from passerby.attack.report import AttackReport

__all__ = ["PageQuestion", "page_questions", "said_by_tracks"]

_AMONG = (10, 50)
"""Candidates that the page asks about."""


@dataclass(frozen=True, slots=True)
class PageQuestion:
    """A question of the page, and the finding that answers it."""

    question: str
    finding: AttackFinding | None


_ATTRIBUTES: Mapping[str, str] = {
    "sex": "Can it be told whether somebody is a woman or a man?",
    "upper clothes": "Can the colour of the clothes above the belt be told?",
    "lower clothes": "Can the colour of the clothes below the belt be told?",
    "bag": "Can it be told whether somebody carries a bag?",
    "height": "Can it be told who is taller than half of all?",
}


def page_questions(report: AttackReport) -> Iterator[PageQuestion]:
    """The questions of WP29 opinion 05/2014, and what else can go wrong."""
    for question, directions in (
        ("Can whoever has clear pictures of people single one out of {}?", IDENTIFYING),
        ("Can one person be singled out of {} in anonymized pictures?", LINKING),
    ):
        singled = [
            one for one in report.found("singling out", directions) if (one.population or 0) <= 50
        ]
        if singled:
            last = singled[-1]
            yield PageQuestion(question.format(last.population), last)
    for population in _AMONG:
        for question, directions in (
            ("Can whoever has clear pictures of people identify them among {}?", IDENTIFYING),
            ("Can two anonymized sightings of a person be linked among {}?", LINKING),
        ):
            for one in report.found("linkability", directions):
                if one.population == population:
                    yield PageQuestion(question.format(population), one)
    rebuilt = [
        one
        for one in report.found("rank-1", IDENTIFYING)
        if ATTACKS[one.name].question == "rebuilding"
    ]
    best = max(rebuilt, key=lambda one: one.success, default=None)
    yield PageQuestion("Can a picture be rebuilt in which people are recognised?", best)
    for question, directions in (
        ("Do several frames help to identify people?", IDENTIFYING),
        ("Do several frames help to link their sightings?", LINKING),
    ):
        frames = [one for one in report.found("rank-1", directions) if one.name == "averaging"]
        yield PageQuestion(question, frames[-1] if frames else None)
    for one in report.attacks.findings:
        if one.name == "missed-frames":
            yield PageQuestion("Was anybody left as they are, in one picture at least?", one)
    yield from _face_questions(report)
    yield from _attribute_questions(report)
    yield from _track_questions(report)
    yield PageQuestion("Does the model remember its training people?", None)


def _face_questions(report: AttackReport) -> Iterator[PageQuestion]:
    """The height at which most is found, and the worse attacker."""
    faces = [one for one in report.attacks.findings if one.name == "faces"]
    for start, question in (
        (FOUND, "Are faces found, {} pixels high?"),
        (RECOGNISED, "Is anybody recognised by a face, {} pixels high?"),
    ):
        begin = start.partition("{}")[0]
        own = [one for one in faces if one.measure.startswith(begin)]
        if own:
            worst = max(own, key=lambda one: one.success - one.chance)
            height = worst.measure.removeprefix(begin).split()[0]
            yield PageQuestion(question.format(height), worst)
    if not faces:
        yield PageQuestion("Are faces found or recognised?", None)


def _attribute_questions(report: AttackReport) -> Iterator[PageQuestion]:
    for one in report.attributes:
        told = one.measure.removeprefix(ATTRIBUTE)
        yield PageQuestion(_ATTRIBUTES.get(told, f"Can the attribute {told} be told?"), one)
    if not report.attributes:
        yield PageQuestion("Can sex, age or clothing be inferred?", None)


def _track_questions(report: AttackReport) -> Iterator[PageQuestion]:
    for one in report.attacks.findings:
        if one.measure in map(BY_LOOKS.format, GAPS):
            gap = one.measure.removeprefix(BY_LOOKS.partition("{}")[0]).split()[0]
            yield PageQuestion(
                f"Do looks help to follow somebody who is lost for {gap} frames?", one
            )


def said_by_tracks(report: AttackReport) -> Iterator[str]:
    """What boxes and times say, whatever is done to pixels."""
    for one in report.attacks.findings:
        if one.measure in map(BY_MOTION.format, GAPS):
            said = one.measure.removesuffix(" by motion")
            yield f"By motion alone, {one.success:.0%} are {said}; by guessing {one.chance:.0%}."
    singled = [one for one in report.attacks.findings if one.name == "trajectories"]
    if singled:
        shares = ", ".join(f"{one.success:.0%}" for one in singled)
        yield (
            f"Of {singled[0].population} tracks, 1 to {len(singled)} points of place and time "
            f"single out {shares}."
        )
