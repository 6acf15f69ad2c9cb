"""Serves the editor of a report until it is stopped."""

from collections.abc import Callable
from pathlib import Path

import uvicorn

from passerby.runs.edit.session import edited_copies
from passerby.serve.editor.app import EditorDoor, editor_app
from passerby.serve.editor.desk import Desk
from passerby.serve.editor.worker import EditWorker

__all__ = ["serve_editor"]


def serve_editor(
    report: Path,
    port: int,
    say: Callable[[str], None],
    say_link: Callable[[str, str], None],
) -> None:
    """Serve the editor on this machine alone.

    Args:
        report: Of the run whose copy is corrected.
        port: To listen on.
        say: Told what to do, a line each.
        say_link: Told the address of the page, and the key that opens it.

    Raises:
        ConfigError: If the file of edits cannot be read, or is of another source.
        InputError: If the report or its source cannot be read.
    """
    copies = edited_copies(report)
    desk, door = Desk(copies, EditWorker), EditorDoor(port)
    try:
        app = editor_app(desk, door)
        say("Open this link; it works once:")
        say_link(f"http://127.0.0.1:{port}/enter", door.link_key or "")
        say(f"Edits are saved beside {report} (*.edits.toml); Ctrl-C ends the editor.")
        config = uvicorn.Config(
            app,
            host="127.0.0.1",
            port=port,
            access_log=False,
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            ws="websockets-sansio",
        )
        uvicorn.Server(config).run()
    finally:
        desk.close()
