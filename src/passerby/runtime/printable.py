"""Text that shows everything in it and does nothing: no control character, no turned writing."""

__all__ = ["printable"]


def printable(text: str) -> str:
    r"""Return a text in one line, in which what cannot be seen is written as Python writes it.

    Bytes of a name that are no text, which Python keeps as U+DC80 and up, are shown as bytes.

    Example:
        >>> print(printable("a\x1b[31m\n\u202egpj.exe caf\udce9"))
        a\x1b[31m\n\u202egpj.exe caf\xe9
    """
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in text)


def _escaped(letter: str) -> str:
    if "\udc80" <= letter <= "\udcff":
        return f"\\x{ord(letter) - 0xDC00:02x}"
    return letter.encode("unicode_escape").decode()
