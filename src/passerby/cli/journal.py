"""What libraries log and warn of, and what threads raise: to the console too, one line each."""

import logging
import os
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from passerby.cli.console import complain
from passerby.runtime.reasons import TRACEBACK_VARIABLE, reason_of

__all__ = ["heard"]


class _Handler(logging.Handler):
    """Prints the first line of each record, and where an error arose if that is asked for."""

    def emit(self, record: logging.LogRecord) -> None:
        complain(record.getMessage().partition("\n")[0])
        if record.exc_info is not None and record.exc_info[1] is not None:
            for lines in traceback.format_exception(record.exc_info[1]):
                for line in lines.splitlines():
                    complain(line)


@contextmanager
def heard() -> Iterator[None]:
    """Send to the console what would go to standard error past it."""
    asked = bool(os.environ.get(TRACEBACK_VARIABLE))
    ours, handler, hook = logging.getLogger("passerby"), _Handler(), threading.excepthook
    level = ours.level
    logging.getLogger().addHandler(handler)
    ours.setLevel(logging.DEBUG if asked else logging.WARNING)
    logging.captureWarnings(capture=True)
    threading.excepthook = _thread_failed
    try:
        yield
    finally:
        threading.excepthook = hook
        logging.captureWarnings(capture=False)
        ours.setLevel(level)
        logging.getLogger().removeHandler(handler)


def _thread_failed(failure: threading.ExceptHookArgs) -> None:
    if isinstance(failure.exc_value, Exception):
        complain(reason_of(failure.exc_value))
        logging.getLogger(__name__).debug("in a thread", exc_info=failure.exc_value)
