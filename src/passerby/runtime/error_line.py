"""What went wrong with an input, in one line."""

__all__ = ["error_about", "error_line"]


def error_line(source: str | None, error: str | None) -> str | None:
    """The error with the name of the input, which most errors hold already.

    Example:
        >>> error_line("a.jpg", "a.jpg is damaged"), error_line("a.jpg", "the disk is full")
        ('a.jpg is damaged', 'a.jpg: the disk is full')
    """
    return error if error is None or source is None else error_about(source, error)


def error_about(source: str, error: str) -> str:
    """The error with the name of what it is about, which most errors hold already."""
    return error if source in error else f"{source}: {error}"
