"""Shows examples in docstrings as code: the site knows them by another word than they have here."""

from typing import Any

import griffe


class Examples(griffe.Extension):
    """Calls ``Example:`` ``Examples:``, as Griffe does."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:  # noqa: ANN401
        """Rename the section of one object."""
        if obj.docstring is not None:
            obj.docstring.value = obj.docstring.value.replace("Example:\n", "Examples:\n")
