import pytest

from passerby.errors import ConfigError
from passerby.runs.link.settings import LinkSettings


def test_heads_are_covered_by_default():
    settings = LinkSettings().pipeline()
    assert settings.cover.anonymizer().regions == ("heads",)
    assert settings.cover.anonymizer().weakness is None
    assert settings.find.every == 2


def test_a_preset_replaces_what_covers():
    assert LinkSettings(preset="van-rooijen-black").pipeline().cover.preset == "van-rooijen-black"


def test_raw_covers_nobody():
    assert LinkSettings(raw=True).pipeline().cover.anonymizer().zones


@pytest.mark.parametrize(
    "options",
    [
        {"raw": True, "preset": "van-rooijen-black"},
        {"raw": True, "regions": ("people",)},
        {"operator": "learned"},
        {"operator": "glitter"},
        {"preset": "van-rooijen-black", "operator": "median"},
    ],
)
def test_what_does_not_fit_is_refused(options):
    with pytest.raises(ConfigError):
        LinkSettings(**options).pipeline()
