"""Every error that passerby raises on purpose.

A message says what is wrong, which value caused it, and what to do about it,
in one line, so that the command line can print it as it is.
"""

__all__ = [
    "ConfigError",
    "DetectionError",
    "InputError",
    "ModelError",
    "OutputError",
    "PasserbyError",
    "PeerError",
    "PrivacyError",
    "StoreError",
    "StoreUnavailable",
]


class PasserbyError(Exception):
    """Base of all errors below; catch it to catch them all."""


class ConfigError(PasserbyError):
    """An option, argument or configuration file has a value that cannot be used."""


class InputError(PasserbyError):
    """A source is missing, unreadable, damaged or of a kind that is not supported."""


class OutputError(PasserbyError):
    """A result cannot be written where it was asked for."""


class ModelError(PasserbyError):
    """A model is unknown, missing, damaged or does not fit its decoder."""


class DetectionError(PasserbyError):
    """A detector failed on a frame; the frame must be covered in full."""


class PeerError(PasserbyError):
    """Another party's machine cannot be reached, refuses, or answers what makes no sense."""


class PrivacyError(PasserbyError):
    """Raw pixels were handed to something that stores, sends or shows them."""


class StoreError(PasserbyError):
    """A store cannot be used as it is, or cannot do what was asked."""


class StoreUnavailable(PasserbyError):  # noqa: N818  (it says what is the matter)
    """A store cannot be reached or written at the moment; the same batch may be added again."""
