import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from tests.attack.test_report import finding, linked, report

from passerby.attack.collisions import Collisions
from passerby.attack.page import attack_page
from passerby.attack.page_content import NOT_VALID, page_content

WHEN = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def text(**changed):
    return attack_page(page_content(report(**changed), WHEN))


def rows(page):
    cells = re.findall(r"<tr><td>(.*?)</td></tr>", page)
    return {row[0]: row[1:] for row in (one.split("</td><td>") for one in cells)}


LEAKING = (linked(10, 0.6), linked(50, 0.4, "anonymized to anonymized"))


def test_the_page_answers_the_questions_with_their_intervals():
    found = rows(text(attacks=LEAKING, floor=(linked(10, 0.2),)))
    identified = found["Can whoever has clear pictures of people identify them among 10?"]
    assert identified[:5] == ["linkability", "10.0%", "90.0%", "20.0%", "60.0% (50.0% to 70.0%)"]
    assert identified[-1] == "more than boxes"
    assert found["Can sex, age or clothing be inferred?"][-1] == "not known"
    assert "Can two anonymized sightings of a person be linked among 50?" in found


def quiet(**changed):
    """A report of which nothing exceeds boxes, but for what is changed."""
    one = linked(10, 0.2, **({"low": 0.15, "high": 0.23} | changed))
    found = report(attacks=(one,), floor=(linked(10, 0.2),))
    kept = [one, replace(found.attacks.findings[2], success=0.0, low=0.0, high=0.04)]
    return attack_page(
        page_content(replace(found, attacks=replace(found.attacks, findings=tuple(kept))), WHEN)
    )


@pytest.mark.parametrize(
    ("interval", "answer", "first"),
    [
        ({}, "as little as boxes", "No attack that was tried finds more than boxes"),
        ({"low": 0.21, "high": 0.3}, "more than boxes", "More can be found out"),
        ({"high": 0.26}, "not certain", "Not demonstrated"),
    ],
)
def test_verdicts_compare_intervals_with_boxes(interval, answer, first):
    page = quiet(**interval)
    question = "Can whoever has clear pictures of people identify them among 10?"
    assert rows(page)[question][-1] == answer
    assert page.index(first) < page.index("<h2>")


def test_who_gives_away_less_than_by_guessing_is_compared_with_guessing():
    page = text(attacks=(linked(10, 0.04, low=0.01, high=0.09),))
    question = "Can whoever has clear pictures of people identify them among 10?"
    assert rows(page)[question][-1] == "as little as boxes"


def test_a_page_whose_gate_failed_says_so_and_judges_nothing():
    page = text(passed=False, attacks=LEAKING)
    assert page.index(NOT_VALID) < page.index("<h2>")
    assert "anonymous" not in page.lower()
    verdicts = {row[-1] for question, row in rows(page).items() if question.startswith("Can two")}
    assert verdicts == {NOT_VALID}
    assert "<b>no</b>: it leaks" in page


@pytest.mark.parametrize("passed", [True, False])
def test_the_page_is_whole_html_and_in_the_order_of_the_standard(passed):
    page = text(passed=passed, attacks=LEAKING)
    assert "$" not in page
    parts = ["Context", "Data", "What can be found out", "Whether this can be believed"]
    parts += ["What remains by design", "Governance"]
    places = [page.index(part) for part in parts]
    assert places == sorted(places)
    open_tags = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag, _attributes):
            if tag not in ("meta", "img", "br"):
                open_tags.append(tag)

        def handle_endtag(self, tag):
            assert open_tags.pop() == tag

    Tags().feed(page)
    assert open_tags == []


TO_CLEAR = "Can whoever has clear pictures of people identify them among 10?"
AMONG = "Can two anonymized sightings of a person be linked among 50?"


@pytest.mark.parametrize(
    ("purpose", "identifying", "linking"),
    [
        ("none", "more than boxes", "more than boxes"),
        ("linking", "more than boxes", "wanted"),
        ("identifying", "wanted", "wanted"),
    ],
)
def test_what_is_wanted_is_not_judged(purpose, identifying, linking):
    page = attack_page(page_content(replace(report(attacks=LEAKING), purpose=purpose), WHEN))
    found = rows(page)
    assert (found[TO_CLEAR][-1], found[AMONG][-1]) == (identifying, linking)
    assert ("beside what is wanted" in page) == (purpose != "none")


def test_a_page_of_which_all_is_wanted_says_so():
    found = replace(report(), purpose="identifying")
    one = replace(found.attacks, findings=(found.attacks.findings[0],))
    assert "Nothing was judged" in attack_page(page_content(replace(found, attacks=one), WHEN))


def test_singling_out_is_asked_in_both_directions():
    singled = [
        replace(one, name="singling-out", measure="singling out", population=50)
        for one in (linked(10, 0.6), linked(10, 0.4, "anonymized to anonymized"))
    ]
    found = rows(text(attacks=singled))
    assert "Can whoever has clear pictures of people single one out of 50?" in found
    assert "Can one person be singled out of 50 in anonymized pictures?" in found


def told(name, **figures):
    about = {"measure": f"attribute: {name}", "direction": None, "population": None}
    return finding("attributes", **about, **({"chance": 0.5} | figures))


def test_each_attribute_is_a_question():
    found = rows(text(attacks=(told("sex", success=0.8, low=0.7, high=0.85), told("hat"))))
    assert found["Can it be told whether somebody is a woman or a man?"][0] == "attributes"
    assert found["Can it be told whether somebody is a woman or a man?"][-1] == "more than boxes"
    assert "Can the attribute hat be told?" in found
    assert "Can sex, age or clothing be inferred?" not in found


def test_what_is_not_told_in_clear_pictures_either_is_no_good_news():
    page = text(attacks=(told("bag", clear=0.52, success=0.5, low=0.45, high=0.53),))
    assert rows(page)["Can it be told whether somebody carries a bag?"][-1] == "not certain"
    assert "Not even in clear pictures are these told: bag." in page


def test_faces_are_asked_about_at_the_height_at_which_most_is_found():
    def face(kind, pixels, success):
        measure = f"faces {kind} at {pixels} pixels"
        return finding("faces", measure=measure, direction=None, chance=0.0, success=success)

    some = (face("found", 12, 0.2), face("found", 24, 0.7), face("recognised", 48, 0.4))
    found = rows(text(attacks=some))
    assert found["Are faces found, 24 pixels high?"][4].startswith("70.0%")
    assert found["Is anybody recognised by a face, 48 pixels high?"][4].startswith("40.0%")
    assert rows(text())["Are faces found or recognised?"][-1] == "not known"


def test_what_tracks_say_is_beside_what_remains_by_design():
    def followed(how, success):
        measure = f"followed over 25 frames by {how}"
        return finding("motion", measure=measure, direction=None, success=success)

    alone = finding(
        "trajectories", measure="tracks that 1 points single out", direction=None, success=0.25
    )
    page = text(attacks=(followed("motion", 0.6), followed("motion and looks", 0.9), alone))
    assert "By motion alone, 60% are followed over 25 frames; by guessing 10%." in page
    assert "Of 20 tracks, 1 to 1 points of place and time single out 25%." in page
    assert rows(page)["Do looks help to follow somebody who is lost for 25 frames?"][-1]


def bounded(right):
    measures = {"bits of a crop (proven bound)": 1024.0, "most right answers (proven bound)": right}
    return tuple(
        finding("certified-bound", measure=one, direction=None, population=48, success=value)
        for one, value in measures.items()
    )


def test_a_bound_that_says_nothing_is_called_vacuous():
    assert "tells at most 1,024 bits" in text(attacks=bounded(1.0))
    assert "this bound is vacuous" in text(attacks=bounded(1.0))
    assert "vacuous" not in text(attacks=bounded(0.125))
    assert "nobody is ever right more often than 12.5%" in text(attacks=bounded(0.125))


def test_collisions_are_counted_and_shown_as_cells():
    cells = report().examples
    assert cells == ()
    found = replace(report(), collisions=Collisions(45, 30, 2, 1, (b"a", b"b"), (b"c", b"d")))
    page = attack_page(page_content(found, WHEN))
    assert "Of 45 pairs of different people, 30 have outputs as close" in page
    assert "1 have two outputs that are the same in every pixel" in page
    assert "other people, two by two" in page
    assert "Of 45 pairs" not in text()


def test_names_are_shown_as_they_are():
    page = text()
    assert "The operator &lt;blur&gt;" in page
    assert "2026-01-02 03:04 UTC" in page


def test_it_fits_on_two_pages():
    """About 60 lines of 100 characters are on a printed page."""
    page = re.sub(r"<style>.*?</style>", "", text(attacks=LEAKING), flags=re.DOTALL)
    words = re.sub(r"<[^>]+>", " ", page)
    assert len(" ".join(words.split())) < 2 * 60 * 100
