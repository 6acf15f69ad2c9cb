"""What every test may ask for."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of data and weights beside the repository; the test skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("needs the data and weights in ../shared")
    return SHARED
