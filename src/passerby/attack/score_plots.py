"""The figures of a report as plots, for whoever wants to see more than a table."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from passerby.attack.attack import LINKING, AttackFinding
from passerby.attack.report import AttackReport
from passerby.evaluate.reid.curves import check_can_draw
from passerby.evaluate.unlinkability import local_linkability
from passerby.files.partial import PartialFile

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_scores"]

_FOUND, _CLEAR, _CHANCE = "#1f77b4", "#7f7f7f", "#d62728"


def draw_scores(target: Path, report: AttackReport) -> None:
    """Draw what each attack finds, and what the strongest ones do, in six panels.

    Args:
        target: A PNG, SVG or PDF file.
        report: With scores.

    Raises:
        ConfigError: If matplotlib is not installed, or the file's ending names no format.
        OutputError: If it cannot be written.
    """
    check_can_draw(target)
    from matplotlib.figure import Figure  # noqa: PLC0415  (an extra)

    panels: tuple[Callable[[Axes, AttackReport], None], ...] = (
        _attacks,
        _candidates,
        _frames,
        _bands,
        _scores,
        _people,
    )
    figure = Figure(figsize=(15, 9), layout="constrained")
    stamp = "" if report.gate.passed else "NOT VALID: the attacks did not pass their controls. "
    figure.suptitle(f"{stamp}{report.anonymizer}")
    for axes, draw in zip(figure.subplots(2, 3).flat, panels, strict=True):
        draw(axes, report)
        axes.grid(alpha=0.3)
    with PartialFile(target) as file:
        figure.savefig(file, format=target.suffix.lower().lstrip("."))


def _attacks(axes: "Axes", report: AttackReport) -> None:
    """The best direction of each attacker."""
    best: dict[str, AttackFinding] = {}
    for one in report.attacks.findings:
        if one.measure == "rank-1" and one.name in report.attacks.panel:
            best[one.name] = max(best.get(one.name, one), one, key=lambda other: other.success)
    for place, one in enumerate(best.values()):
        axes.plot([one.low, one.high], [place, place], color=_FOUND, linewidth=1)
        axes.plot(one.success, place, "o", color=_FOUND)
        axes.plot(one.clear, place, "|", color=_CLEAR, markersize=12)
        axes.plot(one.chance, place, "|", color=_CHANCE, markersize=12)
    axes.set_yticks(range(len(best)), list(best))
    axes.invert_yaxis()
    axes.set(title="Each attack", xlabel="rank-1; red: by guessing, grey: in clear pictures")


def _candidates(axes: "Axes", report: AttackReport) -> None:
    """How often sightings are linked among more and more candidates."""
    found = _kinds(report, "linkability")
    for one, label, style in found:
        populations = [finding.population or 0 for finding in one]
        axes.plot(populations, [finding.success for finding in one], style, label=label)
        axes.plot(populations, [finding.clear for finding in one], style, color=_CLEAR)
        axes.fill_between(
            populations, [f.low for f in one], [f.high for f in one], color=_FOUND, alpha=0.1
        )
        axes.plot(populations, [finding.chance for finding in one], ":", color=_CHANCE)
    axes.set(title="Linkability", xlabel="candidates", ylabel="right", ylim=(0, 1.02))
    _counts(axes, [one.population or 0 for several, *_ in found for one in several])
    _legend(axes)


def _frames(axes: "Axes", report: AttackReport) -> None:
    """What more frames give."""
    found = _kinds(report, "rank-1", "averaging")
    for several, label, style in found:
        frames = [one.frames for one in several]
        axes.plot(frames, [one.success for one in several], style, label=label)
        axes.fill_between(
            frames, [f.low for f in several], [f.high for f in several], color=_FOUND, alpha=0.1
        )
    axes.set(title="Means of frames", xlabel="frames", ylabel="rank-1", ylim=(0, 1.02))
    _counts(axes, [one.frames for several, *_ in found for one in several])
    _legend(axes)


def _bands(axes: "Axes", report: AttackReport) -> None:
    """What is rebuilt of coarse and of fine parts, by the attack that rebuilds most."""
    found = [one for one in report.attacks.findings if one.measure.startswith("explained")]
    if found:
        best = max((one for one in found if one.measure.endswith(" all")), key=lambda f: f.success)
        own = [one for one in found if one.name == best.name]
        names = [one.measure.removeprefix("explained variance, ") for one in own]
        axes.bar(names, [one.success for one in own], color=_FOUND)
        axes.set(ylim=(min(0, *(one.success for one in own)), 1.02))
        axes.set(xlabel=f"rebuilt by {best.name}")
    axes.set(title="Explained variance of people's pixels")


def _scores(axes: "Axes", report: AttackReport) -> None:
    """How alike sightings of one person are, and of two."""
    axes.set(title="Scores of the strongest attack", xlabel="likeness (cosine)", ylabel="share")
    scores = report.scores
    if scores is None:
        return
    far = scores.distances[report.strongest.key]
    same = scores.ids[:, None] == scores.ids
    elsewhere = scores.cameras[:, None] != scores.cameras
    alike = 1 - far.astype(np.float64)
    found = local_linkability(alike[same & elsewhere], alike[~same])
    middles = (found.edges[1:] + found.edges[:-1]) / 2
    axes.plot(middles, found.mated, color=_FOUND, label="one person, two cameras")
    axes.plot(middles, found.others, color=_CHANCE, label="two people")
    axes.plot(
        middles,
        found.local * max(found.mated.max(), found.others.max()),
        ":",
        color="0.3",
        label=f"what a score says, 0 to 1; {found.whole:.2f} in all",
    )
    _legend(axes)


def _people(axes: "Axes", report: AttackReport) -> None:
    """How unequally people are found."""
    axes.set(title="People, by how often they are found", xlabel="rank-1", ylabel="share of people")
    if report.scores is None:
        return
    found = report.scores.recognitions[report.strongest.key]
    known = ~np.isnan(found.right)
    _, person = np.unique(found.ids[known], return_inverse=True)
    means = np.sort(np.bincount(person, found.right[known]) / np.bincount(person))
    axes.step(means, np.arange(1, len(means) + 1) / len(means), where="post", color=_FOUND)
    axes.axvline(found.mean_chance, color=_CHANCE, linestyle=":")
    axes.set(xlim=(-0.02, 1.02), ylim=(0, 1.02))


def _kinds(
    report: AttackReport, measure: str, name: str | None = None
) -> list[tuple[list[AttackFinding], str, str]]:
    """The findings of a measure by what they say of people, with a label and a style of lines."""
    every = [
        one
        for one in report.attacks.findings
        if one.measure == measure and (name is None or one.name == name)
    ]
    linking = [one for one in every if one.direction in LINKING]
    others = [one for one in every if one.direction not in LINKING]
    pairs = ((others, "identifying", "o-"), (linking, "linking", "s--"))
    return [one for one in pairs if one[0]]


def _counts(axes: "Axes", counts: Sequence[int]) -> None:
    """Name the counts that were measured, and no others, on a logarithmic axis."""
    ticks = sorted({one for one in counts if one > 0})
    if ticks:
        axes.set_xscale("log")
        axes.set_xticks(ticks, [str(one) for one in ticks])
        axes.minorticks_off()


def _legend(axes: "Axes") -> None:
    if axes.get_legend_handles_labels()[0]:
        axes.legend(fontsize=8)
