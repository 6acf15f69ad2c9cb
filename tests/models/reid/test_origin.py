import pytest

from passerby.models.reid import WeightsOrigin


@pytest.mark.parametrize(
    ("origin", "text"),
    [
        (WeightsOrigin("scratch"), "from scratch"),
        (WeightsOrigin("scratch", note="why"), "from scratch (why)"),
        (WeightsOrigin("imagenet", "https://x/y.pth"), "ImageNet weights https://x/y.pth"),
        (
            WeightsOrigin("file", "a.pth", "0123456789abcdef", "its backbone only"),
            "file a.pth sha256 0123456789ab (its backbone only)",
        ),
    ],
)
def test_it_is_said_in_one_line(origin: WeightsOrigin, text: str) -> None:
    assert str(origin) == text
