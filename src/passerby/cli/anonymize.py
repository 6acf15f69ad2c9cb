"""``passerby anonymize``: cover people in pictures, videos and live streams."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Group, Parameter
from pydantic import BaseModel

from passerby.cli.defaults import default_text
from passerby.config import read_toml, validated
from passerby.errors import ConfigError
from passerby.pipeline.settings import (
    CoverSettings,
    FindSettings,
    LiveSettings,
    RunSettings,
    Settings,
    TimeSettings,
)
from passerby.sinks import Encoding

__all__ = ["anonymize_command", "app"]

_EPILOGUE = """People and faces are found, followed over time and blacked out. A frame that cannot
be trusted goes out covered in full. Sound and metadata are left out unless you say otherwise.

Examples:

  passerby anonymize street.mp4 -o safe.mp4 --report safe.json

  passerby anonymize photos/ -o safe/ --regions people --self-check

  passerby anonymize rtsp://camera/main -o udp://127.0.0.1:5000

Exit codes: 0 all done; 1 an input failed; 2 wrong use; 3 with --strict, something cannot be
vouched for; 130 or 143 interrupted."""

app = App(
    name="anonymize",
    help_epilogue=_EPILOGUE,
    help_format="markdown",
    default_parameter=Parameter(negative=(), show_default=default_text),
)

_WHAT = Group("Which pixels, and how", sort_key=1)
_FINDING = Group("Finding people", sort_key=2)
TIME = Group("Over time", sort_key=3)
_WRITING = Group("Writing", sort_key=4)
LIVE = Group("Cameras and live streams", sort_key=5)
RUN = Group("The run", sort_key=6)


@app.default
def anonymize_command(  # noqa: PLR0913  (one group of options each)
    *sources: str,
    output: Annotated[str | None, Parameter(name=["--output", "-o"])] = None,
    config: Path | None = None,
    quiet: bool = False,
    as_json: Annotated[bool, Parameter(name="--json")] = False,
    cover: Annotated[CoverSettings | None, Parameter(name="*", group=_WHAT)] = None,
    find: Annotated[FindSettings | None, Parameter(name="*", group=_FINDING)] = None,
    time: Annotated[TimeSettings | None, Parameter(name="*", group=TIME)] = None,
    write: Annotated[Encoding | None, Parameter(name="*", group=_WRITING)] = None,
    live: Annotated[LiveSettings | None, Parameter(name="*", group=LIVE)] = None,
    run: Annotated[RunSettings | None, Parameter(name="*", group=RUN)] = None,
) -> int:
    """Cover the people in pictures, videos and live streams.

    Args:
        sources: Files, folders (with everything below them), addresses (rtsp://, http://, ...) or
            cameras (camera:0).
        output: A file or address for one input, a folder for several. By default
            NAME_anonymized.EXT beside each input.
        config: A TOML file with any of these options, in the tables [cover], [find], [time],
            [write], [live] and [run]. Options given here win.
        quiet: Show only failures.
        as_json: Print only a summary as JSON, on the output stream.
        cover: Which pixels are covered, and how.
        find: How people are found.
        time: How detections are carried over time.
        write: How results are written.
        live: How cameras and live streams are treated.
        run: What a run leaves behind, and how careful it is.
    """
    if not sources:
        raise ConfigError("nothing to anonymize: name a file, a folder, an address or camera:0")
    names = ("cover", "find", "time", "write", "live", "run")
    groups = (cover, find, time, write, live, run)
    settings = _merged(config, dict(zip(names, groups, strict=True)))
    # Explaining the options needs no decoder and no network.
    from passerby.cli.anonymize_run import run_anonymize  # noqa: PLC0415

    return run_anonymize(sources, output, config, settings, quiet=quiet, as_json=as_json)


def _merged(config: Path | None, groups: Mapping[str, BaseModel | None]) -> Settings:
    """Defaults, then the file, then the command line."""
    values: dict[str, Any] = read_toml(config) if config is not None else {}
    # The file is checked on its own first, so that the message says where a mistake is.
    origin = str(config) if config is not None else "command line"
    validated(Settings, values, origin)
    for name, group in groups.items():
        given = {} if group is None else group.model_dump(include=group.model_fields_set)
        values[name] = {**values.get(name, {}), **given}
    return validated(Settings, values, "command line")
