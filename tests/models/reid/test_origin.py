import pytest

from passerby.models.reid import Origin


@pytest.mark.parametrize(
    ("origin", "text"),
    [
        (Origin("scratch"), "from scratch"),
        (Origin("scratch", note="why"), "from scratch (why)"),
        (Origin("imagenet", "https://x/y.pth"), "ImageNet weights https://x/y.pth"),
        (
            Origin("file", "a.pth", "0123456789abcdef", "its backbone only"),
            "file a.pth sha256 0123456789ab (its backbone only)",
        ),
    ],
)
def test_it_is_said_in_one_line(origin: Origin, text: str) -> None:
    assert str(origin) == text
