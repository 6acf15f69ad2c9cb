"""A report as a page for people who do not read JSON: one HTML file that can be printed."""

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from passerby.anonymization import Anonymizer
from passerby.detections import Kind
from passerby.pipeline.settings import CoverSettings
from passerby.runs.measured_leak import known_leak
from passerby.runs.review.queue import FinishedCheck, FinishedItem, FinishedRun, NamedFile
from passerby.runtime.addresses import without_secrets
from passerby.runtime.counting import counted
from passerby.runtime.printable import printable

__all__ = ["Thumbnails", "page_style", "report_page"]

Thumbnails = Mapping[tuple[int, int], bytes]
"""PNG files of 8x8 pixels, by position of the input and number of the frame."""

PEOPLE = frozenset({Kind.PERSON, Kind.HEAD, Kind.FACE})
DOUBTS_SHOWN = 100
"""Most frames of one input that the page lists."""

CHOICES = {
    "classes": "Objects that were covered too",
    "keep": "Tracks that were left uncovered by choice",
    "only": "The only tracks that were covered, by choice",
    "cover_zone": "Zones that were always covered",
    "leave_zone": "Zones that were left uncovered by choice",
    "cover_time": "Times at which everything was covered",
    "leave_time": "Times that were left uncovered by choice",
}
IF_NOBODY = {
    "top": "Of pictures in which nobody was found, the top was covered.",
    "frame": "Pictures in which nobody was found were covered in full.",
}
SOUND = {
    "drop": "left out",
    "mute": "replaced by silence",
    "keep": "copied: voices identify people",
}
NOT_PROMISED = """\
People the detectors missed are not covered, and no report can list them. Watch the copy once \
before you give it away.
A covered head does not make a person anonymous. If only heads are covered, clothes, build, \
gait, companions, place and time stay visible, and people can be recognised by them.
Anybody who has the original can undo the copy by comparing the two.
This page says what a program did. It is not a legal assessment.
""".splitlines()


def report_page(run: FinishedRun, thumbnails: Thumbnails | None = None) -> str:
    """Return the page as HTML, with everything it needs inside.

    Args:
        run: What ``--report`` wrote.
        thumbnails: Small pictures of doubtful frames, if any can be shown.
    """
    template = Template(files("passerby.runs.report").joinpath("page.html").read_text("utf-8"))
    return template.substitute(
        style=page_style(),
        created=_text(run.created.replace("T", " ").replace("+00:00", " UTC")),
        version=_text(run.versions.get("passerby", "")),
        verdict=_verdict(run),
        done=_list(_what_was_done(run.settings)),
        checked=_list(_what_was_checked(run)),
        inputs="".join(map(_input_row, run.items)),
        notes=_list(map(_text, _notes(run))),
        doubts=_doubts(run.items, thumbnails or {}),
        not_promised=_list(map(_text, (*NOT_PROMISED, *_leak(run.settings)))),
        models=_list(
            f"{_text(name)}: <code>{_text(digest)}</code>" for name, digest in run.models.items()
        ),
        settings=_list(_all_settings(run.settings)),
    )


def page_style() -> str:
    """The style sheet of all pages that are read by people."""
    return files("passerby.runs.report").joinpath("style.css").read_text("utf-8").rstrip()


def _verdict(run: FinishedRun) -> str:
    failed = [item for item in run.items if item.status != "done"]
    if failed:
        text = f"{len(failed)} of {counted(len(run.items), 'input')} could not be done completely."
        return f'<p class="verdict bad">{text}</p>'
    doubtful = sum(len(item.review) for item in run.items)
    look = f" {counted(doubtful, 'frame')} should be looked at by a person." if doubtful else ""
    if not all(item.vouched for item in run.items):
        return f'<p class="verdict doubt">There are open questions.{look}</p>'
    anonymizer = _anonymizer(run.settings)
    if anonymizer is not None and anonymizer.weakness is not None:
        text = "No known problem, but people may be recognised on the copy all the same."
        return f'<p class="verdict doubt">{text}{look}</p>'
    return f'<p class="verdict good">No known problem.{look}</p>'


def _anonymizer(settings: Mapping[str, Any]) -> Anonymizer | None:
    """What covered people; None if another version wrote the settings so that they mean nothing."""
    try:
        return CoverSettings.model_validate(settings.get("cover", {})).anonymizer()
    except ValueError:
        return None


def _what_was_done(settings: Mapping[str, Any]) -> Iterator[str]:
    cover, write = settings.get("cover", {}), settings.get("write", {})
    if cover.get("preset"):
        yield f"The preset <b>{_text(cover['preset'])}</b> was applied."
    else:
        regions = _text(", ".join(cover.get("regions", ())))
        strength = f" at strength {_text(cover['strength'])}" if cover.get("strength") else ""
        operator = _text(cover.get("operator"))
        yield f"What was covered: <b>{regions}</b>. How: <b>{operator}</b>{strength}."
    for key, text in CHOICES.items():
        if cover.get(key):
            yield f"{text}: {_text(_value(cover[key]))}."
    if cover.get("if_nobody") in IF_NOBODY:
        yield IF_NOBODY[cover["if_nobody"]]
    yield from _stretch(settings.get("run", {}))
    sound = write.get("audio", "drop")
    yield f"Sound was {SOUND.get(sound, _text(sound))}."
    if write.get("mute_span"):
        yield f"Spans in which it was replaced by silence: {_text(_value(write['mute_span']))}."
    kept = "kept where it gives nothing away" if write.get("metadata") == "keep" else "left out"
    yield f"Metadata, such as place and camera, was {kept}."


def _stretch(run: Mapping[str, Any]) -> Iterator[str]:
    """Which part of the videos was written, if it was not all."""
    begin, end = run.get("from"), run.get("to")
    if begin or end:
        until = f"up to {_text(end)}" if end else "up to the end"
        yield f"Only a stretch was written: from {_text(begin or '0')} {until}."
    if run.get("treat"):
        yield f"Tracks that were covered otherwise than the rest: {_text(_value(run['treat']))}."


def _leak(settings: Mapping[str, Any]) -> Iterator[str]:
    """What attacks found through the same operator when it was measured."""
    found = known_leak(settings.get("cover", {}))
    if found is None:
        yield (
            "How much of who people are can be found through what was used was not measured: "
            "`passerby attack` measures it."
        )
    else:
        yield found.told


def _what_was_checked(run: FinishedRun) -> Iterator[str]:
    written = sum(item.frames_written for item in run.items)
    frames = counted(written, "frame")
    anonymizer = _anonymizer(run.settings)
    if run.settings.get("find", {}).get("detections"):
        yield f"The boxes of people were taken from a file, in {frames}."
    elif anonymizer is not None and not anonymizer.kinds & PEOPLE:
        yield "People were not looked for: what was covered does not depend on where they are."
    else:
        looks = sum(item.looks for item in run.items)
        followed = ", and followed in between" if looks < written else ""
        yield f"People were looked for in {looks:,} of {frames}{followed}."
    gaps = sum(item.gaps_bridged for item in run.items)
    if gaps:
        yield f"{counted(gaps, 'gap', 'were filled')} in tracks."
    covered = sum(item.covered_in_full for item in run.items)
    if covered:
        yield f"{counted(covered, 'frame', 'were covered in full because something failed')}."
    checks = [item.self_check for item in run.items if item.self_check is not None]
    if not checks:
        yield "The finished copies were not searched again: no self-check was asked for."
        return
    yield from _what_was_found_again(checks)


def _what_was_found_again(checks: Sequence[FinishedCheck]) -> Iterator[str]:
    looked = sum(check.frames for check in checks)
    in_all = sum(max(check.in_all, check.frames) for check in checks)
    uncovered = counted(sum(len(check.uncovered) for check in checks), "detection")
    yield (
        f"The finished copies were searched again in {looked:,} of {counted(in_all, 'frame')}: "
        f"{uncovered} looked like an uncovered head, face or person."
    )
    doubtful = sum(len(check.doubtful) for check in checks)
    if doubtful:
        yield f"{counted(doubtful, 'detection', 'are in doubt')}."
    left = sum(check.left_by_choice for check in checks)
    if left:
        yield f"{counted(left, 'detection', 'were left uncovered by choice')}."


def _input_row(item: FinishedItem) -> str:
    cells = (
        f"{_name(item.input)}<br><code>{_text(item.input.sha256 or '')}</code>",
        f"{_name(item.output)}<br><code>{_text(item.output.sha256 or '')}</code>",
        _text(item.status) + (f"<br>{_text(item.error)}" if item.error else ""),
        *(f"{item.frames_written:,}", f"{len(item.tracks):,}", f"{item.covered_in_full:,}"),
    )
    return _row(cells, short=(3, 4, 5))


def _doubts(items: Sequence[FinishedItem], thumbnails: Thumbnails) -> str:
    told = [
        f"{item.input.name}: {text}"
        for item in items
        if not item.vouched
        for text in (item.error, *item.notes)
        if text
    ]
    rows = []
    for position, item in enumerate(items):
        for one in item.review[:DOUBTS_SHOWN]:
            picture = thumbnails.get((position, one.frame))
            shown = "" if picture is None else _picture(picture)
            when = "" if one.time is None else _clock(one.time)
            number = "" if item.is_picture else str(one.frame)
            cells = (shown, _name(item.input), number, when, _text(one.reason))
            rows.append(_row(cells, short=(0, 2, 3)))
        left = len(item.review) - DOUBTS_SHOWN
        if left > 0:
            rows.append(f'<tr><td colspan="5">{left:,} more of {_name(item.input)}</td></tr>')
    if not (told or rows):
        return "<p>Nothing.</p>"
    lines = _list(map(_text, told)) if told else ""
    head = "<tr><th></th><th>input</th><th>frame (from 0)</th><th>time</th><th>why</th></tr>"
    return lines + (f"<table>{head}{''.join(rows)}</table>" if rows else "")


def _row(cells: Sequence[str], short: Sequence[int]) -> str:
    kinds = (' class="short"' if number in short else "" for number in range(len(cells)))
    return f"<tr>{''.join(f'<td{k}>{c}</td>' for k, c in zip(kinds, cells, strict=True))}</tr>"


def _picture(png: bytes) -> str:
    data = base64.b64encode(png).decode("ascii")
    return f'<img alt="8x8 cells of the copy" src="data:image/png;base64,{data}">'


def _notes(run: FinishedRun) -> list[str]:
    """What to know of the run, and of inputs without a doubt; the doubts tell of the others."""
    sound = (item for item in run.items if item.vouched)
    return [*run.notes, *(f"{item.input.name}: {note}" for item in sound for note in item.notes)]


def _all_settings(settings: Mapping[str, Any]) -> Iterator[str]:
    """One line per group, without empty values."""
    for group, values in settings.items():
        told = [
            key if value is True else f"{key} {_value(value)}"
            for key, value in values.items()
            if value not in (None, [], False)
        ]
        if told:
            yield f"<b>{_text(group)}</b>: {_text(', '.join(told))}"


def _value(value: object) -> str:
    """As people write it: lists without brackets."""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _name(file: NamedFile) -> str:
    return _text(file.name or "")


def _text(value: object) -> str:
    """As HTML: invisible characters are spelled out, and secrets of addresses are left out."""
    return escape(printable(without_secrets(str(value))))


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:05.2f}"


def _list(lines: Iterable[str]) -> str:
    text = "".join(f"<li>{line}</li>" for line in lines)
    return f"<ul>{text}</ul>" if text else "<p>None.</p>"
