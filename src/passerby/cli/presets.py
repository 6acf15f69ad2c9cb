"""``passerby presets``: what the presets of papers do to a picture."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Group, Parameter
from cyclopts.validators import Number

from passerby.cli.console import complain, say
from passerby.cli.endings import check_ending
from passerby.cli.exit_codes import EXIT_OK
from passerby.errors import OutputError
from passerby.files.partial import Permit
from passerby.pipeline.settings import FindSettings
from passerby.runs.presets.comparison import compare_presets
from passerby.sinks.path_conflicts import check_apart

__all__ = ["app"]

app = App(
    name="presets",
    help="Compare the presets of papers on a picture.",
    help_format="markdown",
    default_parameter=Parameter(negative=""),
)


@app.command(name="compare")
def compare_command(
    picture: Path,
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"])],
    columns: Annotated[int, Parameter(validator=Number(gte=1, lte=50))] = 6,
    overwrite: bool = False,
    find: Annotated[
        FindSettings | None, Parameter(name="*", group=Group("Finding people", sort_key=2))
    ] = None,
) -> int:
    """Draw a picture as each preset leaves it, with what the preset does and whether it is weak.

    Weak presets leave people recognisable, on the sheet too: use a picture of a synthetic person
    (passerby synth reid), or keep the sheet to yourself.

    Example: passerby presets compare crop.jpg -o presets.png

    Args:
        picture: A still picture.
        output: The PNG to write.
        columns: Pictures per row.
        overwrite: Replace the PNG if it exists.
        find: How people and faces are found.
    """
    find = find or FindSettings()
    check_ending(output, "a picture", ".png")
    if output.exists() and not overwrite:
        raise OutputError(f"{output} exists: add --overwrite or name another output")
    check_apart([output], [picture, find.detections, find.model, find.face_model])
    for note in compare_presets(picture, output, find, columns=columns, permit=Permit(overwrite)):
        complain(note)
    say(str(output))
    return EXIT_OK
