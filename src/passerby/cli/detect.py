"""``passerby detect``: list whom pictures and videos show, as boxes."""

from collections import Counter
from pathlib import Path
from typing import Annotated

from cyclopts import App, Group, Parameter
from rich.text import Text

from passerby.cli.console import complain, line
from passerby.cli.defaults import default_text
from passerby.cli.endings import check_ending
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK
from passerby.cli.progress import Quiet, Terminal
from passerby.detections import Kind
from passerby.errors import ConfigError, OutputError
from passerby.files.partial import Permit
from passerby.media import Input
from passerby.pipeline.detection_settings import DetectSettings
from passerby.runs.detect.results_file import ResultsFile
from passerby.runs.detect.run import DetectionRun, LookedAt
from passerby.runtime.addresses import public_name
from passerby.runtime.counting import counted
from passerby.sinks.path_conflicts import check_apart
from passerby.sources import expand, left_out

__all__ = ["app", "detect_command"]

_EPILOGUE = """The file is a list of COCO results: image_id, category_id and bbox (left, top, width,
height in pixels), score, and also file_name, category (person, head, face or object), and for
videos frame and time. No picture is written. The boxes can be corrected and given to
`passerby anonymize --detections`.

Examples:

  passerby detect photos/ -o boxes.json

  passerby detect street.mp4 -o boxes.json --every 5 --threshold 0.4

Exit codes: 0 all done; 1 an input failed, and the file holds the boxes of the others; 2 wrong use;
130 or 143 interrupted."""

app = App(
    name="detect",
    help="Find people and their heads, and write their boxes to a file.",
    help_epilogue=_EPILOGUE,
    help_format="markdown",
    default_parameter=Parameter(negative=(), show_default=default_text),
)

_FINDING = Group("Finding people", sort_key=1)


@app.default
def detect_command(
    *sources: str,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    overwrite: bool = False,
    quiet: bool = False,
    find: Annotated[DetectSettings | None, Parameter(name="*", group=_FINDING)] = None,
) -> int:
    """List and return the exit code.

    Args:
        sources: Files and folders; folders are searched recursively.
        output: The JSON file to write.
        overwrite: Replace the file if it exists.
        quiet: Show only failures.
        find: Whom to look for, and how.
    """
    inputs, remarks = _inputs(sources), left_out(sources)
    target = _checked(output, overwrite=overwrite)
    settings = find or DetectSettings()
    networks = settings.model, settings.face_model, settings.object_model, settings.class_names
    read = [one.path for one in inputs if one.problem is None]
    check_apart([target], [*read, *networks])
    detector = settings.detector()
    progress = Quiet() if quiet else Terminal(_told, _is_plain, len(inputs))
    with ResultsFile(target, Permit(overwrite)) as file, progress as told:
        run = DetectionRun(detector, file, told, settings.every)
        run.process(inputs)
        failed = [item for item in run.items if item.error is not None]
        if len(failed) < len(inputs):
            file.commit()
    if not quiet:
        _print_end(run.items, failed, remarks)
    return EXIT_FAILED if failed else EXIT_OK


def _inputs(sources: tuple[str, ...]) -> list[Input]:
    if not sources:
        raise ConfigError("nothing to search: name a file or a folder")
    inputs = expand(sources)
    for one in inputs:
        if one.path is None:
            raise ConfigError(f"{public_name(one)} is live and never ends: name a file or a folder")
    return inputs


def _checked(output: Path | None, *, overwrite: bool) -> Path:
    """Find out before the work whether the file can be written."""
    if output is None:
        raise ConfigError("no file to write: name one, such as -o boxes.json")
    check_ending(output, "JSON", ".json")
    if output.exists() and not overwrite:
        raise OutputError(f"{output} exists: add --overwrite or name another file")
    if not output.parent.is_dir():
        raise OutputError(f"{output}: there is no folder {output.parent}: make it first")
    return output


def _is_plain(item: LookedAt) -> bool:
    return item.error is None and not _notes(item)


def _notes(item: LookedAt) -> tuple[str, ...]:
    return () if item.medium is None else item.medium.notes


def _told(item: LookedAt) -> list[Text]:
    """The lines about an input."""
    if item.error is not None:
        return [line(f"failed  {item.complaint}", "red")]
    rate = item.looks / item.seconds if item.seconds else 0.0
    found = f"{counted(item.looks, 'look')} in {item.seconds:.1f} s ({rate:.1f} per second): "
    lines = [line(f"done    {item.source}"), line(f"        {found}{_counted(item.boxes)}")]
    return lines + [line(f"        {note}") for note in _notes(item)]


def _counted(boxes: Counter[Kind]) -> str:
    """How many of each kind, in the order of kinds."""
    return ", ".join(counted(boxes[kind], kind.name.lower()) for kind in sorted(boxes)) or "nobody"


def _print_end(items: list[LookedAt], failed: list[LookedAt], remarks: list[str]) -> None:
    """What a user who looks at the end only must see."""
    for remark in remarks:
        complain(remark)
    if len(items) == 1:
        return
    boxes = sum((item.boxes for item in items if item.error is None), Counter[Kind]())
    done = len(items) - len(failed)
    complain(f"{done} of {counted(len(items), 'input')} done: {_counted(boxes)}")
    for item in failed:
        complain(f"failed: {item.complaint}")
