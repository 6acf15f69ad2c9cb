"""The command line: ``passerby COMMAND``. One thin file a command."""

from passerby.cli.app import main

__all__ = ["main"]
