"""Who may have been whom, in one picture of coarse cells, to be judged by eye."""

from pathlib import Path

from passerby.anonymization.preview import preview
from passerby.matching.links import Link
from passerby.pipeline.camera_tracks import DescribedTrack
from passerby.runs.link.scene import LinkedScene
from passerby.sinks.ranked_lists import ListRole, Mark, RankedLists

__all__ = ["SHEET_LEAST", "draw_links", "likely_links"]

SHEET_LEAST = 0.1
"""Least probability of a link that is drawn."""

_MOST_ROWS = 60
_MOST_EARLIER = 5


def likely_links(scene: LinkedScene) -> dict[int, list[Link]]:
    """Return the likely links to each track, by its number, in order of appearance.

    Tracks that most likely were before no camera are left out.
    """
    found: dict[int, list[Link]] = {}
    for link in scene.links:  # the likeliest first
        if link.probability >= SHEET_LEAST:
            found.setdefault(link.later, []).append(link)
    began = {one.number: (one.began, one.number) for one in scene.tracks}
    return {number: found[number] for number in sorted(found, key=lambda one: began[one])}


def draw_links(target: Path, scene: LinkedScene) -> bool:
    """Draw a row for each track: the best picture of it, then those who it may have been before.

    Below the first are the number of the track and the second in which it began, below the others
    their numbers and probabilities. Whoever is shown as "same" has a blue frame, others an orange
    one. Every picture is shown as 8x8 cells.

    Args:
        target: A ``.png`` file.
        scene: Linked.

    Returns:
        Whether there is a link to draw; without one there is no file.

    Raises:
        OutputError: If the picture cannot be written.
    """
    rows = list(likely_links(scene).items())[:_MOST_ROWS]
    if not rows:
        return False
    shown = dict(enumerate(scene.described, 1))
    began = {one.number: one.began for one in scene.tracks}
    sheet = RankedLists(target)
    try:
        for number, links in rows:
            _write(sheet, shown[number], Mark("query", f"{number}: {began[number]:.0f} s"))
            for link in links[:_MOST_EARLIER]:
                role: ListRole = "match" if link.probability >= scene.same else "other"
                text = f"{link.earlier}: {link.probability:.2f}"
                _write(sheet, shown[link.earlier], Mark(role, text))
        sheet.commit()
    except BaseException:
        sheet.abort()
        raise
    return True


def _write(sheet: RankedLists, track: DescribedTrack, mark: Mark) -> None:
    best = max(track.snippets, key=lambda one: one.quality)
    sheet.write(preview(best.frame), mark)
