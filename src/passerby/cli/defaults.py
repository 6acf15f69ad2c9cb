"""How the help of a command shows what an option is by default."""

__all__ = ["default_text"]


def default_text(value: object) -> str | None:
    """A default as one would type it; none for what is empty or off.

    Example:
        >>> default_text(("heads", "faces")), default_text(0.5), default_text(False)
        ('heads,faces', '0.5', None)
    """
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or None
    return None if value is None or value is False else str(value)
