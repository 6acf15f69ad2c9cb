import pytest

from passerby.cli.defaults import default_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (("heads", "faces"), "heads,faces"),
        ((), None),
        (None, None),
        (False, None),
        (True, "True"),
        (0, "0"),
        (0.25, "0.25"),
    ],
)
def test_a_default_is_shown_as_one_would_type_it(value: object, text: str | None) -> None:
    assert default_text(value) == text
