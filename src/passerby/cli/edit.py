"""``passerby edit``: correct an anonymized copy in a browser."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number

from passerby.cli.console import say, say_link
from passerby.cli.exit_codes import EXIT_OK
from passerby.extras import needing

with needing("serve", "the editor"):
    from passerby.serve.editor.run import serve_editor

__all__ = ["app", "edit_command"]

app = App(name="edit", help_format="markdown", default_parameter=Parameter(negative=""))


@app.default
def edit_command(
    report: Path,
    *,
    port: Annotated[int, Parameter(validator=Number(gte=1, lte=65_535))] = 8766,
) -> int:
    """Correct an anonymized copy in a browser: cover who was missed, take false covers away.

    The frames in doubt come first. Only covered pictures are shown. Each correction is saved at
    once in a file .edits.toml beside the report, which `passerby anonymize --edits` applies
    anywhere; the page writes the corrected copy too, and checks it. It is served to this machine
    alone, and opens with a link that works once.

    Example: passerby edit safe.json

    Args:
        report: What `passerby anonymize --report` wrote, of one file or several.
        port: Port on which the page is served.
    """
    serve_editor(report, port, say, say_link)
    return EXIT_OK
