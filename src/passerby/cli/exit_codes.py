"""What the program's exit codes mean."""

__all__ = [
    "EXIT_FAILED",
    "EXIT_HUNG_UP",
    "EXIT_INTERRUPTED",
    "EXIT_OK",
    "EXIT_TERMINATED",
    "EXIT_UNVOUCHED",
    "EXIT_USAGE",
]

EXIT_OK = 0
EXIT_FAILED = 1
"""Something could not be done: a file was skipped, a model is missing, a disk is full."""
EXIT_USAGE = 2
"""The command line or a configuration file is wrong; nothing was touched."""
EXIT_UNVOUCHED = 3
"""All was done, but ``--strict`` found frames or inputs that cannot be vouched for."""
EXIT_HUNG_UP = 129
"""Stopped with SIGHUP (128 + 1): its terminal was closed."""
EXIT_INTERRUPTED = 130
"""Stopped with Ctrl-C (128 + SIGINT)."""
EXIT_TERMINATED = 143
"""Stopped with SIGTERM (128 + 15)."""
