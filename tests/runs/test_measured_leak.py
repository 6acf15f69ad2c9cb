from passerby.anonymization import OPERATORS, PRESETS
from passerby.config import read_toml
from passerby.pipeline.settings import Settings
from passerby.runs import measured_leak as module
from passerby.runs.measured_leak import known_leak

TABLE = read_toml(module._TABLE)


def cover(**asked):
    return Settings.of(**asked).model_dump(mode="json")["cover"]


def test_every_row_is_of_something_that_there_is_and_its_intervals_hold_its_figures():
    assert TABLE["leaks"]
    for key, row in TABLE["leaks"].items():
        assert key in PRESETS or key.partition(":")[0] in OPERATORS
        for kind in ("identifying", "linking"):
            value, low, high = row[kind]
            assert 0 <= low <= value <= high <= 1


def test_the_table_says_how_it_was_made():
    card = TABLE["card"]
    assert card["command"].startswith("passerby compare ")
    assert len(card["commit"]) >= 7
    assert 0 < card["guessing"] < card["clear"] < 1


def test_what_is_used_by_default_was_measured():
    found = known_leak(cover())
    assert found is not None
    row = TABLE["leaks"]["blackout:heads"]
    assert list(found.linking) == row["linking"]
    for part in ("30 people of market1501-500", "not measured on your footage", "seed 0"):
        assert part in found.told
    assert f"{row['linking'][0]:.0%}" in found.told


def test_regions_count_whatever_their_order():
    assert known_leak(cover(regions=("people",), operator="pixelate")) is not None
    assert known_leak({"operator": "pixelate", "regions": ["people"]}) is not None


def test_what_was_never_measured_is_not_answered():
    assert known_leak(cover(strength="15px", operator="median")) is None
    assert known_leak(cover(margin=0.1)) is None
    assert known_leak(cover(shape="box")) is None
    assert known_leak(cover(regions=("faces",))) is None
    assert known_leak({}) is None
