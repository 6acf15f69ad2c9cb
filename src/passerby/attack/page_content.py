"""What a report says to whoever has to answer for it, in the order of ISO/IEC 27559.

All text is escaped, so that it can stand in HTML and in the markup of PDF alike; the only marks are
``<b>`` and ``<code>``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from math import log2
from typing import Literal

from passerby.attack.attack import AttackFinding, Purpose
from passerby.attack.attacks.attributes import ATTRIBUTE
from passerby.attack.attacks.certified_bound import MOST_BITS, MOST_RIGHT
from passerby.attack.gate import BROKEN, ControlResult
from passerby.attack.page_questions import PageQuestion, page_questions, said_by_tracks
from passerby.attack.report import AttackReport
from passerby.evaluate.information import gain_over_guessing
from passerby.runtime.addresses import without_secrets
from passerby.runtime.printable import printable
from passerby.runtime.provenance import versions

__all__ = ["NOT_VALID", "PageContent", "escaped", "page_content"]

NOT_VALID = "NOT VALID"
"""The stamp of a report whose gate was not passed."""

EXCESS = 0.05
"""By how much the upper end of an interval may exceed what boxes alone give away."""

_MORE, _AS_BOXES, _UNCERTAIN = "more than boxes", "as little as boxes", "not certain"
_WANTED = "wanted"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContent:
    """What a report says, in the order in which it says it.

    Attributes:
        subtitle: The anonymizer, the version and the time.
        tone: How bad the verdict is: ``bad`` or ``doubt``.
        verdict: What is said first.
        context: Lines about recipient, attacker and purpose.
        data: Lines about the people.
        columns: Heads of the table of questions.
        questions: Its rows.
        remarks: Lines about it.
        gate: Whether the attacks can be believed, in words.
        controls: Rows: control, what it hides, share that was found, whether it passed.
        examples: Rows of 8x8 cells, as PNG files: what is shown, and the pictures.
        untested: Lines about what remains by design, and what was not tried.
        governance: Lines about when to measure again, hashes and settings.
    """

    subtitle: str
    tone: Literal["bad", "doubt"]
    verdict: str
    context: Sequence[str]
    data: Sequence[str]
    columns: Sequence[str]
    questions: Sequence[Sequence[str]]
    remarks: Sequence[str]
    gate: str
    controls: Sequence[Sequence[str]]
    examples: Sequence[tuple[str, Sequence[bytes]]]
    untested: Sequence[str]
    governance: Sequence[str]


def page_content(report: AttackReport, created: datetime | None = None) -> PageContent:
    """Return what is said of a report.

    Args:
        report: What was found.
        created: When; now by default.
    """
    rows = list(page_questions(report))
    when = (created or datetime.now(UTC)).strftime("%Y-%m-%d %H:%M UTC")
    tone, verdict = _verdict(report, rows)
    shown = report.examples
    return PageContent(
        subtitle=f"{escaped(report.anonymizer)}. "
        f"passerby {escaped(versions()['passerby'])}, {escaped(when)}",
        tone=tone,
        verdict=verdict,
        context=tuple(_context(report)),
        data=tuple(_data(report)),
        columns=_COLUMNS,
        questions=tuple(_question(report, row) for row in rows),
        remarks=tuple(_remarks(report, rows)),
        gate=_gate(report),
        controls=tuple(map(_control, report.gate.controls)),
        examples=(
            ("clear", [one.clear for one in shown]),
            ("anonymized", [one.seen for one in shown]),
            ("rebuilt by the best attack", [one.rebuilt for one in shown]),
            ("mistaken for them first", [one.mistaken for one in shown]),
            *_witnesses(report),
        ),
        untested=(
            *_BY_DESIGN,
            *said_by_tracks(report),
            *(f"Not tried: {escaped(one)}." for one in report.untested),
        ),
        governance=tuple(_governance(report)),
    )


_COLUMNS = (
    "question",
    "attack",
    "by guessing",
    "in clear pictures",
    "in boxes alone",
    "anonymized, 95 %",
    "worst 5 %",
    "verdict",
)

_BY_DESIGN = (
    "Where somebody was, when, how long, how fast and with whom: no change of pixels hides it.",
    "How many people there were.",
)


def _verdict(
    report: AttackReport, rows: Sequence[PageQuestion]
) -> tuple[Literal["bad", "doubt"], str]:
    """What is said first: whether the figures are valid, and what they come to."""
    if not report.gate.passed:
        failed = sum(not one.passed for one in report.gate.controls)
        return "bad", (
            f"{NOT_VALID}: the attacks did not pass {failed} of {len(report.gate.controls)} "
            "controls. No figure on this page may be relied on."
        )
    answers = [_answer(report, row.finding) for row in rows if row.finding is not None]
    judged = len(answers) - answers.count(_WANTED)
    if not judged:
        return "doubt", (
            "Nothing was judged: all that was tried is what the pictures are wanted for."
        )
    if answers.count(_MORE):
        return "bad", (
            f"More can be found out than boxes alone give away, in {answers.count(_MORE)} of "
            f"{judged} questions{_beside(report)}. The people are pseudonymised at most."
        )
    if answers.count(_UNCERTAIN):
        return "doubt", (
            "Not demonstrated: no attack that was tried certainly finds more than boxes alone give "
            f"away{_beside(report)}, but too few people were tried to be sure."
        )
    return "doubt", (
        f"No attack that was tried finds more than boxes alone give away{_beside(report)}, within "
        "five points. This does not show that anybody is anonymous: other attacks may find more."
    )


def _beside(report: AttackReport) -> str:
    """What is left out of account."""
    return "" if report.purpose == "none" else ", beside what is wanted"


def _answer(report: AttackReport, finding: AttackFinding) -> str:
    """Compare the interval with what boxes, or guessing, give away."""
    if report.wanted(finding):
        return _WANTED
    base = max(_on_boxes(report, finding) or 0.0, finding.chance)
    if finding.low > base:
        return _MORE
    if finding.clear - finding.chance < EXCESS and finding in report.attributes:
        return _UNCERTAIN
    return _AS_BOXES if finding.high <= base + EXCESS else _UNCERTAIN


def _on_boxes(report: AttackReport, finding: AttackFinding) -> float | None:
    excess = report.excess(finding)
    return None if excess is None else finding.success - excess


def _question(report: AttackReport, row: PageQuestion) -> list[str]:
    one = row.finding
    if one is None:
        return [escaped(row.question), *["not tried"] * 6, "not known"]
    on_boxes = _on_boxes(report, one)
    return [
        escaped(row.question),
        escaped(one.name),
        f"{one.chance:.1%}",
        f"{one.clear:.1%}",
        "" if on_boxes is None else f"{on_boxes:.1%}",
        f"{one.success:.1%} ({one.low:.1%} to {one.high:.1%})",
        "" if one.worst is None else f"{one.worst:.0%}",
        _answer(report, one) if report.gate.passed else NOT_VALID,
    ]


_PURPOSES: Mapping[Purpose, str] = {
    "none": (
        "Purpose: neither identifying people (against clear pictures from elsewhere) nor linking "
        "their sightings (among anonymized pictures) is wanted. Both count as risks; "
        "<code>--purpose</code> says otherwise."
    ),
    "linking": (
        "Purpose: sightings of a person may be linked, to follow people from camera to camera. "
        "Identifying them against clear pictures from elsewhere is not wanted, and is what is "
        "judged."
    ),
    "identifying": (
        "Purpose: people may be found by clear pictures from elsewhere, and their sightings may "
        "be linked. Neither is judged."
    ),
}


def _context(report: AttackReport) -> Iterator[str]:
    yield "Recipient: anybody who gets the anonymized pictures, and has the anonymizer too."
    yield (
        "The attacker has anonymized pictures of other people beside the clear ones, as many as "
        "wanted. What the weights of a camera keep secret is not counted on."
    )
    yield _PURPOSES[report.purpose]


def _data(report: AttackReport) -> Iterator[str]:
    yield escaped(f"{report.people}.")
    yield (
        "Attackers learned from some people, were chosen on others, and were measured on others "
        "again. Intervals are over people."
    )


def _remarks(report: AttackReport, rows: Sequence[PageQuestion]) -> Iterator[str]:
    best = report.strongest
    yield f"Strongest attack: {escaped(best.name)}, {escaped(best.direction)}."
    linked = [
        row.finding
        for row in rows
        if row.finding and row.finding.measure == "linkability" and not report.wanted(row.finding)
    ]
    for one in linked[-1:]:
        gain = gain_over_guessing(one.success, one.chance)
        yield f"Among {one.population}, people are found {gain:.1f} times as often as by guessing."
    for one in report.attacks.findings:
        if one.measure == "bits about who it is" and one.direction == best.direction:
            yield (
                f"It knows {one.success:.1f} bits (95 %: {one.low:.1f} to {one.high:.1f}) about "
                f"who of {one.population} is shown; in clear pictures {one.clear:.1f}."
            )
    yield from _proven(report)
    if report.attributes:
        yield (
            "Of attributes, each class counts the same, so that guessing is right 1 time in as "
            "many as there are classes."
        )
    hidden = [
        one.measure.removeprefix(ATTRIBUTE)
        for one in report.attributes
        if one.clear - one.chance < EXCESS
    ]
    if hidden:
        yield (
            f"Not even in clear pictures are these told: {escaped(', '.join(hidden))}. That "
            "nothing is found through the anonymizer says nothing of it."
        )
    yield (
        "Verdicts: more than boxes, if the interval lies above what boxes alone, or guessing, give "
        f"away; as little, if it ends at most {EXCESS:.0%} above it. State a limit of your own "
        "before you measure."
    )


def _witnesses(report: AttackReport) -> Iterator[tuple[str, Sequence[bytes]]]:
    """Two people each who look like one."""
    found = report.collisions
    if found is not None and found.seen_cells:
        yield "other people, two by two, who are told apart least: clear", found.clear_cells
        yield "the same, anonymized", found.seen_cells


def _proven(report: AttackReport) -> Iterator[str]:
    """Collisions, and what no attack can exceed."""
    found = report.collisions
    if found is not None:
        yield (
            f"Of {found.compared} pairs of different people, {found.seen} have outputs as close, "
            f"to the strongest attack, as two pictures of one person; in clear pictures "
            f"{found.clear}. {found.same} have two outputs that are the same in every pixel."
        )
    bound = {one.measure: one for one in report.attacks.findings if one.name == "certified-bound"}
    if bound:
        bits, right = bound[MOST_BITS], bound[MOST_RIGHT]
        follows = (
            "so nothing follows for who it is: this bound is vacuous"
            if right.success >= 1
            else f"so nobody is ever right more often than {right.success:.1%}"
        )
        yield (
            f"Proven: a picture of a person tells at most {bits.success:,.0f} bits. Who of "
            f"{right.population} it is takes {log2(right.population or 1):.1f}, {follows}."
        )


def _gate(report: AttackReport) -> str:
    passed = "passed" if report.gate.passed else "did not pass"
    return (
        f"Before the anonymizer, the same attacks were tried on controls, and {passed}. Of what "
        f"hides nothing they must find {BROKEN:.0%} of what clear pictures give away, and of what "
        "hides everything no more than by guessing, whatever the order of the pictures."
    )


def _control(one: ControlResult) -> list[str]:
    passed = "yes" if one.passed else f"<b>no</b>: {escaped(one.reason)}"
    return [escaped(one.name), one.hides, f"{max(one.decisive.leak, 0):.0%}", passed]


def _governance(report: AttackReport) -> Iterator[str]:
    yield "Measure again with every new version of the anonymizer, and at least once a year."
    yield "This page says what a program measured. It is not a legal assessment."
    for name, value in report.hashes.items():
        yield f"SHA-256 of {escaped(name)}: <code>{escaped(value)}</code>"
    chosen = ", ".join(f"{name} {value}" for name, value in report.settings.items())
    yield f"Settings: {escaped(chosen)}."


def escaped(value: object) -> str:
    """As HTML: invisible characters are spelled out, and secrets of addresses are left out."""
    return escape(printable(without_secrets(str(value))))
