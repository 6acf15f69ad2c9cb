"""The page says what the report says, and nothing in a report is taken for HTML."""

import html
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.pipeline.settings import Settings
from passerby.runs.report.page import NOT_PROMISED, report_page
from passerby.runs.review.queue import FinishedRun


def item(**changes: Any) -> dict[str, Any]:
    return {
        "input": {"name": "in/street.mp4", "sha256": "ab12"},
        "output": {"name": "out/street.mp4", "sha256": "cd34"},
        "status": "done",
        "error": None,
        "vouched": True,
        "review": [],
        "notes": [],
        "frames_written": 1250,
        "looks": 417,
        "covered_in_full": 0,
        "gaps_bridged": 1,
        "tracks": [{"track": 1}, {"track": 2}],
        "self_check": None,
        **changes,
    }


def run(*items: dict[str, Any], **options: Any) -> FinishedRun:
    settings = Settings.of(**options).model_dump(mode="json")
    head = {"report": 1, "created": "2026-05-04T03:02:01+00:00", "versions": {"passerby": "9.8"}}
    return FinishedRun.model_validate({**head, "settings": settings, "items": list(items)})


def text_of(page: str) -> str:
    """The words of a page."""
    body = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())


DOUBT = {"frame": 7, "time": 62.5, "reason": "seen only once", "weight": 0.5}


def test_a_run_without_problems() -> None:
    text = text_of(report_page(run(item())))
    assert "passerby 9.8, 2026-05-04 03:02:01 UTC No known problem." in text
    assert "What was covered: heads . How: blackout ." in text
    assert "covered too" not in text
    assert "nobody was found" not in text
    assert "Sound was left out." in text
    assert "People were looked for in 417 of 1,250 frames, and followed in between." in text
    assert "1 gap was filled in tracks." in text
    assert "no self-check was asked for" in text
    assert "What is in doubt Nothing." in text
    assert "in/street.mp4 ab12 out/street.mp4 cd34 done 1,250 2 0" in text
    assert all(line in text for line in NOT_PROMISED)


def test_doubts_are_listed_with_their_pictures() -> None:
    doubtful = item(vouched=False, review=[DOUBT, {**DOUBT, "frame": 9, "time": None}])
    page = report_page(run(doubtful), {(0, 7): b"\x89PNG"})
    text = text_of(page)
    assert "There are open questions. 2 frames should be looked at by a person." in text
    assert "in/street.mp4 7 1:02.50 seen only once in/street.mp4 9 seen only once" in text
    assert page.count('src="data:image/png;base64,iVBORw=="') == 1


def test_the_frame_of_a_picture_has_no_number() -> None:
    doubt = {**DOUBT, "frame": 0, "time": None}
    picture = item(input={"name": "a.png", "kind": "image"}, frames_written=1, review=[doubt])
    assert "why a.png seen only once" in text_of(report_page(run(picture)))
    pages = item(input={"name": "a.tif", "kind": "image"}, frames_written=4, review=[doubt])
    assert "why a.tif 0 seen only once" in text_of(report_page(run(pages)))


def test_many_doubts_are_counted() -> None:
    many = item(review=[{**DOUBT, "frame": number} for number in range(130)])
    assert "30 more of in/street.mp4" in text_of(report_page(run(many)))


def test_failures_come_first() -> None:
    failed = item(status="failed", error="in/b.mp4 is damaged", vouched=False)
    text = text_of(report_page(run(item(), failed)))
    assert "1 of 2 inputs could not be done completely." in text
    assert "failed in/b.mp4 is damaged" in text


def test_a_self_check_is_told() -> None:
    check = {"frames": 20, "in_all": 60, "found": 30, "uncovered": [{"frame": 3}]}
    text = text_of(report_page(run(item(self_check=check, covered_in_full=3))))
    assert "searched again in 20 of 60 frames: 1 detection looked like an uncovered" in text
    assert "3 frames were covered in full because" in text
    assert "by choice" not in text
    assert "detection is in doubt" not in text


def test_whom_a_self_check_found_but_did_not_count_is_told() -> None:
    check = {"frames": 20, "in_all": 60, "left_by_choice": 34, "doubtful": [{"frame": 3}]}
    text = text_of(report_page(run(item(self_check=check))))
    assert "0 detections looked like an uncovered head, face or person." in text
    assert "1 detection is in doubt. 34 detections were left uncovered by choice." in text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, True),
        ({"preset": "dietlmeier-zero"}, True),
        ({"regions": ("heads", "motion")}, True),
        ({"preset": "van-rooijen-black"}, False),
        ({"preset": "de-coninck-blur"}, False),
        ({"regions": ("frame",)}, False),
        ({"regions": ("objects",), "classes": ("plate",), "object_model": "p.onnx"}, False),
    ],
)
def test_nobody_says_that_people_were_looked_for_where_they_were_not(
    options: dict[str, Any], said: bool
) -> None:
    text = text_of(report_page(run(item(), **options)))
    assert ("People were looked for" in text) == said
    assert ("People were not looked for" in text) != said


def test_nobody_is_followed_in_pictures() -> None:
    text = text_of(report_page(run(item(frames_written=4, looks=4))))
    assert "People were looked for in 4 of 4 frames. " in text


@pytest.mark.parametrize(
    "options",
    [
        {"preset": "van-rooijen-9px"},
        {"operator": "noise"},
        {"operator": "median", "strength": "3px"},
    ],
)
def test_the_verdict_on_a_weak_cover_is_no_good_one(options: dict[str, Any]) -> None:
    page = report_page(run(item(review=[DOUBT]), **options))
    assert "No known problem, but people may be recognised on the copy all the same." in page
    assert "1 frame should be looked at" in page
    assert "verdict good" not in page
    assert "verdict good" in report_page(run(item(review=[DOUBT])))


def test_what_speaks_against_a_copy_is_in_doubt() -> None:
    absent = item(vouched=False, notes=["no track has the number 9 (--keep)"])
    failed = item(status="failed", vouched=False, error="it is damaged")
    text = text_of(report_page(run(item(notes=["sound left out"]), absent, failed)))
    known, doubts = text.split("What to know ")[1].split(" What is in doubt ")
    assert known == "in/street.mp4: sound left out"
    assert doubts.startswith(
        "in/street.mp4: no track has the number 9 (--keep) in/street.mp4: it is damaged"
    )


def test_lists_are_written_as_people_write_them() -> None:
    text = text_of(report_page(run(item(), regions=("heads", "motion"), self_check=True)))
    assert "cover : regions heads, motion, operator blackout" in text
    assert "run : self_check" in text
    assert "True" not in text
    assert "[" not in text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"preset": "van-rooijen-black"}, "The preset van-rooijen-black was applied."),
        ({"operator": "pixelate", "strength": "4"}, "How: pixelate at strength 4."),
        ({"classes": ("plate", "car"), "object_model": "p.onnx"}, "covered too: plate, car."),
        ({"if_nobody": "top"}, "Of pictures in which nobody was found, the top was covered."),
        ({"if_nobody": "frame"}, "Pictures in which nobody was found were covered in full."),
        ({"keep": (3, 5)}, "Tracks that were left uncovered by choice: 3, 5."),
        ({"leave_time": ("1-2",)}, "Times that were left uncovered by choice: 1-2."),
        ({"audio": "keep"}, "Sound was copied: voices identify people."),
        (
            {"detections": "boxes.txt"},
            "The boxes of people were taken from a file, in 1,250 frames.",
        ),
    ],
)
def test_choices_are_told(options: dict[str, Any], said: str) -> None:
    text = text_of(report_page(run(item(), **options)))
    assert said.replace(" ", "") in text.replace(" ", "")


@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters=":@"),
        min_size=1,
        max_size=20,
    )
)
def test_no_name_is_taken_for_html(name: str) -> None:
    marked = f"<b id='x'>{name}</b>&amp;"
    bad = item(
        input={"name": marked, "sha256": marked},
        error=marked,
        notes=[marked],
        review=[{**DOUBT, "reason": marked}],
    )
    page = report_page(run(bad))
    assert "<b id=" not in page
    assert page.count(html.escape(marked)) == 7


def test_a_name_that_is_no_text_is_spelled_out() -> None:
    page = report_page(run(item(input={"name": "caf\udce9.mp4", "sha256": None})))
    assert r"caf\xe9.mp4" in page.encode().decode()


@given(st.text(max_size=20))
def test_nothing_in_a_report_is_hidden_or_turns_the_writing(text: str) -> None:
    bad = item(input={"name": text}, error=text, notes=[text], review=[{**DOUBT, "reason": text}])
    page = report_page(run(bad))
    assert all(letter.isprintable() for letter in page.replace("\n", ""))


def test_what_lets_others_in_is_left_out() -> None:
    camera = "rtsp://admin:secret@camera/main"
    bad = item(input={"name": camera}, error=f"cannot open {camera}", notes=[camera])
    page = report_page(run(bad))
    assert "secret" not in page
    assert page.count("rtsp://camera/main") == 4


def test_a_report_of_an_earlier_version_is_a_page_too() -> None:
    old = {"input": {"name": "a"}, "output": {"name": "b"}, "status": "done"}
    page = report_page(FinishedRun.model_validate({"report": 1, "items": [old]}))
    assert "There are open questions." in text_of(page)
