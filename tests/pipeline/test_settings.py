"""Every setting, from Python and TOML alike, and what is said of values that do not fit."""

import inspect
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from passerby.anonymization import (
    OPERATORS,
    PRESETS,
    REGIONS,
    Anonymizer,
    Strength,
    TimeRange,
    Zone,
)
from passerby.anonymization.weakness import marked_names
from passerby.config import read_toml, validated
from passerby.detection.settings import DetectionSettings
from passerby.detections import Kind
from passerby.errors import ConfigError
from passerby.models.decoders import DECODERS
from passerby.pipeline.settings import Settings
from passerby.tracking import Timeline, TrackingSettings

GROUPS = {name: getattr(Settings(), name) for name in Settings.model_fields}
FIELDS = [(group, name) for group, model in GROUPS.items() for name in type(model).model_fields]
OPTIONS = {
    name: one.alias or name
    for model in GROUPS.values()
    for name, one in type(model).model_fields.items()
}
PEOPLE = frozenset({Kind.PERSON})
FACES = frozenset({Kind.FACE})

FULL = """
[cover]
regions = ["faces", "people"]
operator = "pixelate"
strength = "1/8"
keep = [3, 4]
cover_zone = ["0,0 1,0 1,0.5"]
leave_time = ["0:10-0:20"]
seed = 7

[find]
threshold = 0.4
every = 5
threads = 2

[time]
lookahead = 0.5
hold = 1

[write]
codec = "h265"
quality = 30

[run]
overwrite = true
report = "out.json"
"""


def complaint(**options: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        Settings.of(**options)
    return str(caught.value)


# --- Defaults ------------------------------------------------------------------------------


def test_the_defaults_are_those_of_the_parts() -> None:
    settings = Settings()
    assert settings.cover.anonymizer() == Anonymizer()
    assert astuple(settings.time.tracking(settings.find.threshold)) == pytest.approx(
        astuple(TrackingSettings())
    )
    lookahead = inspect.signature(Timeline).parameters["lookahead"].default
    assert settings.time.lookahead == lookahead
    detection = settings.find.detection(PEOPLE)
    for name in ("person_model", "face_model", "person_threshold", "size"):
        assert getattr(detection, name) == getattr(DetectionSettings(), name)
    assert settings.find.detection(FACES).smallest_face == DetectionSettings().smallest_face


def test_no_setting_is_needed() -> None:
    assert Settings.of() == Settings() == validated(Settings, {}, "nowhere")


@pytest.mark.parametrize(("group", "name"), FIELDS, ids=".".join)
def test_every_setting_is_described_in_sentences(group: str, name: str) -> None:
    description = type(GROUPS[group]).model_fields[name].description or ""
    assert description[:1].isupper()
    assert description.endswith(".")


def test_no_two_groups_have_a_setting_of_the_same_name() -> None:
    names = [name for _, name in FIELDS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("group", "name", "choices"),
    [
        ("cover", "regions", ", ".join(REGIONS)),
        ("cover", "operator", marked_names(OPERATORS)),
        ("cover", "preset", marked_names(PRESETS)),
        ("find", "decoder", ", ".join(DECODERS)),
    ],
)
def test_descriptions_name_all_there_is_to_choose_from(group: str, name: str, choices: str) -> None:
    """They are written out, since to collect them from the registries loads all of these."""
    description = type(GROUPS[group]).model_fields[name].description or ""
    assert description.endswith(f": {choices}.")


# --- Classes of networks of users' own ------------------------------------------------------


def test_classes_are_covered_as_objects_beside_the_regions() -> None:
    for regions, expected in (
        ("heads", ("heads", "objects")),
        ("objects", ("objects",)),
        ("faces,people", ("faces", "people", "objects")),
    ):
        cover = Settings.of(classes="plate, screen", regions=regions).cover
        assert cover.classes == ("plate", "screen")
        assert cover.anonymizer().regions == expected
        assert Kind.OBJECT in cover.anonymizer().kinds
    assert Settings().cover.anonymizer().regions == ("heads",)


def test_what_networks_are_told_reaches_them() -> None:
    options = {"decoder": "yolov8", "class_names": "names.txt", "device": "openvino"}
    find = Settings.of(object_model="own.onnx", **options).find
    detection = find.detection(PEOPLE | {Kind.OBJECT}, ("plate",))
    assert (detection.object_model, detection.classes) == ("own.onnx", ("plate",))
    assert {name: getattr(detection, name) for name in options} == options
    assert Settings().find.detection(PEOPLE).device == "cpu"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"classes": "plate", "preset": "dietlmeier-blur"}, "dietlmeier-blur covers no classes"),
        ({"classes": "plate", "detections": "boxes.json"}, "a file of detections already says"),
        ({"device": "tpu"}, "'cpu', 'cuda', 'openvino' or 'coreml'"),
    ],
)
def test_classes_and_devices_that_cannot_be_are_refused(
    options: dict[str, str], message: str
) -> None:
    assert message in complaint(**options)


# --- Where settings come from --------------------------------------------------------------


def test_a_file_sets_every_group(tmp_path: Path) -> None:
    path = tmp_path / "passerby.toml"
    path.write_text(FULL)
    settings = validated(Settings, read_toml(path), str(path))
    assert settings.cover.regions == ("faces", "people")
    assert settings.cover.keep == (3, 4)
    assert settings.find.every == 5
    assert settings.time.hold == 1
    assert (settings.write.codec, settings.write.quality) == ("h265", 30)
    assert settings.run.report == "out.json"


def test_options_without_groups_are_the_same_as_a_file(tmp_path: Path) -> None:
    path = tmp_path / "passerby.toml"
    path.write_text(FULL)
    values = read_toml(path)
    options = {name: value for group in values.values() for name, value in group.items()}
    assert Settings.of(**options) == validated(Settings, values, str(path))


@pytest.mark.parametrize(("group", "name"), FIELDS, ids=".".join)
def test_every_setting_is_an_option(group: str, name: str) -> None:
    default = getattr(GROUPS[group], name)
    assert Settings.of(**{OPTIONS[name]: default}) == Settings()


@pytest.mark.parametrize(
    "given", ["heads,faces", "heads, faces", ["heads", "faces"], ("heads,faces",)]
)
def test_regions_are_words_or_a_list_of_them(given: object) -> None:
    assert Settings.of(regions=given).cover.regions == ("heads", "faces")


@pytest.mark.parametrize("given", ["3,14", [3, 14], ["3", "14"], ["3,14"], (3, "14")])
def test_numbers_of_tracks_are_given_likewise(given: object) -> None:
    assert Settings.of(keep=given).cover.keep == (3, 14)
    assert Settings.of(only=given).cover.only == (3, 14)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().cover.operator = "median"  # type: ignore[misc]


# --- What they mean ------------------------------------------------------------------------


def test_the_anonymizer_does_what_is_set() -> None:
    cover = Settings.of(
        regions="faces",
        operator="median",
        strength="25%",
        cover_zone=["0,0 1,0 1,1"],
        leave_zone=["0,0 0.5,0 0.5,0.5"],
        cover_time=["-3"],
        leave_time=["5-"],
        seed=3,
    ).cover
    assert cover.anonymizer() == Anonymizer(
        regions=("faces",),
        operator="median",
        strength=Strength(25, "%"),
        zones=(
            Zone(((0, 0), (1, 0), (1, 1)), "cover"),
            Zone(((0, 0), (0.5, 0), (0.5, 0.5)), "leave"),
        ),
        cover_times=(TimeRange(0, 3),),
        leave_times=(TimeRange(5),),
        seed=3,
    )
    preset = Settings.of(preset="van-rooijen-9px").cover.anonymizer()
    assert preset == Anonymizer(preset="van-rooijen-9px")


def test_the_tracker_gets_the_threshold_and_the_times() -> None:
    time = Settings.of(bridge=3, lead=1, hold=2).time
    tracking = time.tracking(0.6)
    assert (tracking.bridge, tracking.lead, tracking.hold) == (3, 1, 2)
    assert (tracking.start_score, tracking.keep_score) == (0.6, 0.1)


def test_no_box_continues_a_track_that_could_not_start_one() -> None:
    assert Settings().time.tracking(0.05).keep_score == 0.05


@pytest.mark.parametrize(("threshold", "lowest"), [(0.6, 0.1), (0.05, 0.05)])
def test_the_detector_gives_what_may_continue_a_track(threshold: float, lowest: float) -> None:
    find = Settings.of(threshold=threshold).find
    assert find.detection(PEOPLE).person_threshold == lowest


def test_small_faces_are_left_to_the_detector_of_people_where_there_is_one() -> None:
    assert Settings().find.detection(PEOPLE | FACES).smallest_face == 24
    assert Settings().find.detection(FACES).smallest_face == 12
    assert Settings.of(smallest_face=5).find.detection(PEOPLE | FACES).smallest_face == 5


# --- Values that do not fit ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"operatr": "median"}, "unknown option 'operatr': did you mean operator?"),
        ({"lokahead": 1}, "unknown option 'lokahead': did you mean lookahead?"),
        ({"operator": "blur"}, "settings: cover: unknown operator 'blur': choose one of median"),
        ({"regions": "hands"}, "settings: cover: unknown region 'hands': choose one of faces"),
        ({"regions": ()}, "settings: cover: no region is given: choose from"),
        ({"preset": "x"}, "settings: cover: unknown preset 'x': choose one of van-rooijen"),
        ({"preset": "de-coninck-blur", "operator": "noise"}, "give either it or them"),
        ({"strength": "much"}, "settings: cover: cannot read the strength 'much': write 15px"),
        ({"strength": "15px"}, "settings: cover: operator 'blackout': this operator takes no"),
        ({"keep": "a"}, "settings: cover.keep.0: input should be a valid integer"),
        ({"keep": 3}, "settings: cover.keep: must be a list, not 3"),
        ({"keep": [1], "only": [2]}, "settings: cover: keep and only exclude each other: give one"),
        ({"cover_zone": ["1,1 2,2"]}, "settings: cover: a zone needs three or more corners"),
        ({"cover_zone": "0,0 1,0 1,1"}, "settings: cover.cover_zone: must be a list, not '0,0"),
        ({"leave_zone": ["here"]}, "settings: cover: cannot read the zone 'here': write x,y"),
        ({"cover_time": ["noon"]}, "settings: cover: cannot read the time range 'noon': write"),
        ({"leave_time": ["9-3"]}, "settings: cover: a time range must start at 0 or later and end"),
        ({"seed": -1}, "settings: cover.seed: input should be greater than or equal to 0, not -1"),
        ({"threshold": 0}, "settings: find.threshold: input should be greater than 0, not 0"),
        ({"threshold": 1.5}, "find.threshold: input should be less than or equal to 1, not 1.5"),
        ({"face_threshold": "high"}, "find.face_threshold: input should be a valid number"),
        ({"every": 0}, "settings: find.every: input should be greater than or equal to 1, not 0"),
        ({"every": 2.5}, "settings: find.every: input should be a valid integer"),
        (
            {"size": 8},
            "settings: find.size: give only the long side in pixels, 32 to 8192, not '8'",
        ),
        ({"smallest_face": 0}, "settings: find.smallest_face: input should be greater than 0"),
        ({"timeout": 0}, "settings: find.timeout: input should be greater than 0, not 0"),
        ({"timeout": 1e10}, "settings: find.timeout: input should be less than or equal to 3600"),
        ({"threads": 0}, "settings: find.threads: input should be greater than or equal to 1"),
        ({"model": 3}, "settings: find.model: input should be a valid string, not 3"),
        ({"lookahead": -1}, "time.lookahead: input should be greater than or equal to 0, not -1"),
        ({"hold": float("inf")}, "settings: time.hold: input should be a finite number, not inf"),
        ({"lead": float("nan")}, "settings: time.lead: input should be a finite number, not nan"),
        ({"bridge": None}, "settings: time.bridge: input should be a valid number, not None"),
        ({"codec": "gif"}, "settings: write.codec: input should be 'auto', 'h264'"),
        ({"quality": 99}, "settings: write.quality: input should be less than or equal to 63"),
        ({"audio": "loud"}, "write.audio: input should be 'drop', 'keep' or 'mute', not 'loud'"),
        ({"overwrite": "perhaps"}, "settings: run.overwrite: input should be a valid boolean"),
        ({"duration": 0}, "settings: live.duration: input should be greater than 0, not 0"),
    ],
    ids=str,
)
def test_a_value_that_does_not_fit_is_named_in_one_line(
    options: dict[str, object], message: str
) -> None:
    said = complaint(**options)
    assert message in said
    assert "\n" not in said


def test_an_option_like_no_other_is_answered_with_all_there_are() -> None:
    said = complaint(xyz=1)
    assert all(f" {OPTIONS[name]}" in said for _, name in FIELDS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[cover]\noperatr = 'median'",
            "unknown key 'cover.operatr': did you mean cover.operator?",
        ),
        ("operator = 'median'", "unknown key 'operator': did you mean cover.operator?"),
        ("[find]\nhold = 1", "unknown key 'find.hold': did you mean time.hold?"),
        ("[tim]\nhold = 1", "unknown key 'tim': did you mean time?"),
        ("cover = 'heads'", "cover: must be a table, not 'heads'"),
        ("[write]\ncodec = 3", "write.codec: input should be"),
    ],
)
def test_a_mistake_in_a_file_is_named_with_the_file(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "passerby.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        validated(Settings, read_toml(path), str(path))
    assert str(caught.value).startswith(f"{path}: {message}")


def test_groups_refuse_what_they_do_not_know() -> None:
    for model in GROUPS.values():
        assert isinstance(model, BaseModel)
        with pytest.raises(ValidationError, match="extra_forbidden"):
            type(model)(nonsense=1)


@pytest.mark.parametrize("preset", [None, *PRESETS])
def test_a_record_holds_what_is_applied_and_reads_back_as_the_same(preset: str | None) -> None:
    settings = Settings.of(preset=preset)
    written = settings.model_dump(mode="json")
    replaced = {"regions", "operator", "strength"} & set(written["cover"])
    assert bool(replaced) == (preset is None)
    assert Settings.model_validate(written) == settings


def test_paths_are_taken_as_text() -> None:
    settings = Settings.of(
        model=Path("own.onnx"), detections=Path("a") / "boxes.txt", report=Path("r.json")
    )
    assert (settings.find.model, settings.find.detections) == ("own.onnx", "a/boxes.txt")
    assert settings.run.report == "r.json"
