"""What went wrong with an input, in one line."""

__all__ = ["complaint"]


def complaint(source: str | None, error: str | None) -> str | None:
    """The error with the name of the input, which most errors hold already.

    Example:
        >>> complaint("a.jpg", "a.jpg is damaged"), complaint("a.jpg", "the disk is full")
        ('a.jpg is damaged', 'a.jpg: the disk is full')
    """
    if error is None or source is None or source in error:
        return error
    return f"{source}: {error}"
