"""Why something failed, in one line, whoever raised it."""

import logging

from passerby.errors import PasserbyError

__all__ = ["TRACEBACK_VARIABLE", "reason_of"]

_logger = logging.getLogger(__name__)

TRACEBACK_VARIABLE = "PASSERBY_TRACEBACK"
"""With this environment variable set, the command line shows where unforeseen errors arose."""


def reason_of(error: Exception) -> str:
    """Say in one line what went wrong; the traceback goes to the log.

    Example:
        >>> from passerby.errors import InputError
        >>> reason_of(InputError("a.jpg is damaged"))
        'a.jpg is damaged'
        >>> reason_of(OSError(28, "No space left on device", "clip.mp4"))
        'clip.mp4: No space left on device'
    """
    _logger.debug("an error", exc_info=error)
    match error:
        case PasserbyError():
            return str(error)
        case MemoryError():
            return "there is not enough memory for it: end other programs or make it smaller"
        case OSError(strerror=str(reason)):
            return reason if error.filename is None else f"{error.filename!s}: {reason}"
    text, *_ = [*str(error).splitlines(), ""]
    what = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return (
        f"{what} (this is a bug in passerby: please report it, with the traceback that "
        f"{TRACEBACK_VARIABLE}=1 adds)"
    )
