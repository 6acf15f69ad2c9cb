"""What is asked for a new site, and what is asked again."""

from collections.abc import Sequence

import pytest

from passerby.site.asking import ask_site
from passerby.site.new import NewSite


def answered(*answers: str) -> tuple[NewSite, Sequence[str], list[str]]:
    """The site of somebody who gives these answers, all questions, and what they were told."""
    left, questions, told = list(answers), [], []

    def ask(question: str) -> str:
        questions.append(question)
        return left.pop(0)

    site = ask_site(ask, told.append)
    assert left == []
    return site, questions, told


def ways(site: NewSite) -> list[tuple[tuple[str, str], tuple[float, float]]]:
    return [(one.cameras, one.travel_seconds) for one in site.neighbours]


def test_whoever_takes_what_is_offered_has_cameras_in_a_row() -> None:
    site, questions, _ = answered("hall=hall.mp4", "stairs=rtsp://c/1", "", "", "", "", "")
    assert site.cameras == (("hall", "hall.mp4"), ("stairs", "rtsp://c/1"))
    assert ways(site) == [(("hall", "stairs"), (1, 120))]
    assert (site.time_zone, site.retention_days) == ("UTC", 3)
    assert site == NewSite.in_order(site.cameras)
    assert "[UTC]" in questions[-2]


def test_a_graph_may_branch_and_a_camera_may_stand_alone() -> None:
    site, *_ = answered(
        *("a=a.mp4", "b=b.mp4", "c=c.mp4", "d=d.mp4", ""),
        *("a", "4 25"),
        *("a, b", "-2 10", "3 9.5"),
        *("-",),
        *("Europe/Berlin", "0.5"),
    )
    assert ways(site) == [(("a", "b"), (4, 25)), (("a", "c"), (-2, 10)), (("b", "c"), (3, 9.5))]
    assert (site.time_zone, site.retention_days) == ("Europe/Berlin", 0.5)


@pytest.mark.parametrize(
    ("answers", "complaint"),
    [
        (("", "a=a.mp4", "", "", ""), "at least one camera"),
        (("rtsp://c/1", "a=a.mp4", "", "", ""), "needs a name"),
        (("a b=a.mp4", "a=a.mp4", "", "", ""), "cannot name a camera"),
        (("a=a.mp4", "a=b.mp4", "", "", ""), "there is a camera a already"),
        (("a=a.mp4", "b=b.mp4", "", "c", "a", "1 2", "", ""), "'c' is none of a"),
        (("a=a.mp4", "b=b.mp4", "", "", "9 2", "2 9", "", ""), "the least of 9 and 2"),
        (("a=a.mp4", "b=b.mp4", "", "", "9", "2 9", "", ""), "seconds, as in 4 25"),
        (("a=a.mp4", "b=b.mp4", "", "", "soon now", "2 9", "", ""), "seconds, as in 4 25"),
        (("a=a.mp4", "", "Berlin", "Europe/Berlin", ""), "no time zone 'Berlin'"),
        (("a=a.mp4", "", "", "0", "1"), "retention_days"),
        (("a=a.mp4", "", "", "for ever", "1"), "retention_days"),
    ],
)
def test_what_cannot_be_used_is_told_and_asked_again(
    answers: Sequence[str], complaint: str
) -> None:
    _, questions, told = answered(*answers)
    assert any(complaint in one for one in told)
    assert len(told) == 3  # two lines at the start
    assert len(questions) == len(answers)
