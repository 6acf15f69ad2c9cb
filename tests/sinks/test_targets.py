"""Where copies go, and what is refused before work starts."""

import os
from pathlib import Path

import pytest
from PIL import Image

from passerby.errors import ConfigError, OutputError
from passerby.media import Input
from passerby.sinks import plan
from passerby.sinks.targets import reserved, without_copies


def files(folder: Path, *names: str) -> list[Input]:
    """Inputs as if each file had been named by itself."""
    return [Input(str(path), path) for path in made(folder, *names)]


def tree(folder: Path, *names: str) -> list[Input]:
    """Inputs as if the folder had been named."""
    return [Input(str(path), path, folder) for path in made(folder, *names)]


def made(folder: Path, *names: str) -> list[Path]:
    paths = [folder / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return paths


def targets(pairs: list[tuple[Input, Path | str]]) -> list[Path | str]:
    return [target for _, target in pairs]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("street.mp4", "street_anonymized.mp4"),
        ("a.b.JPG", "a.b_anonymized.JPG"),
        ("old.mpg", "old_anonymized.mp4"),
        ("old.wmv", "old_anonymized.mp4"),
        ("noending", "noending_anonymized.mp4"),
        ("IMG_0001.HEIC", "IMG_0001_anonymized.jpg"),
        ("a.heif", "a_anonymized.jpg"),
        ("a.hif", "a_anonymized.jpg"),
        ("a.avif", "a_anonymized.jpg"),
        ("stereo.MPO", "stereo_anonymized.jpg"),
        ("cam.mjpeg", "cam_anonymized.mp4"),
    ],
)
def test_without_an_output_the_copy_lies_beside_its_input(tmp_path, name, expected) -> None:
    assert targets(plan(files(tmp_path, name))) == [tmp_path / expected]


def test_one_input_goes_to_the_file_that_was_named(tmp_path: Path) -> None:
    output = str(tmp_path / "out.mkv")
    assert targets(plan(files(tmp_path, "in.mp4"), output)) == [Path(output)]


@pytest.mark.parametrize("ending", ["heic", "avif", "HEIC"])
def test_a_phone_s_format_is_kept_where_it_is_named(tmp_path: Path, ending: str) -> None:
    output = str(tmp_path / f"out.{ending}")
    assert targets(plan(files(tmp_path, "in.heic"), output)) == [Path(output)]
    inputs = tree(tmp_path / "in", "a.HEIC", "b.avif")
    found = targets(plan(inputs, str(tmp_path / "out")))
    assert found == [tmp_path / "out/a.jpg", tmp_path / "out/b.jpg"]


def test_one_input_goes_into_a_folder_that_exists_or_ends_in_a_slash(tmp_path: Path) -> None:
    inputs = files(tmp_path, "in.mp4")
    (tmp_path / "there").mkdir()
    assert targets(plan(inputs, str(tmp_path / "there"))) == [tmp_path / "there/in.mp4"]
    assert targets(plan(inputs, f"{tmp_path}/new/")) == [tmp_path / "new/in.mp4"]


def test_a_folder_is_mirrored(tmp_path: Path) -> None:
    inputs = tree(tmp_path / "in", "a.jpg", "deep/b.mpg")
    found = targets(plan(inputs, str(tmp_path / "out")))
    assert found == [tmp_path / "out/a.jpg", tmp_path / "out/deep/b.mp4"]
    assert not (tmp_path / "out").exists()


def test_a_folder_with_a_single_file_is_still_a_folder(tmp_path: Path) -> None:
    inputs = tree(tmp_path / "in", "deep/a.jpg")
    assert targets(plan(inputs, str(tmp_path / "out"))) == [tmp_path / "out/deep/a.jpg"]


def test_an_address_is_passed_on(tmp_path: Path) -> None:
    inputs = files(tmp_path, "in.mp4")
    assert targets(plan(inputs, "rtsp://host/out")) == ["rtsp://host/out"]


def test_a_live_stream_goes_to_a_file(tmp_path: Path) -> None:
    live = [Input("camera:0", None)]
    assert targets(plan(live, str(tmp_path / "out.mp4"))) == [tmp_path / "out.mp4"]


@pytest.mark.parametrize("output", [None, "somewhere/"])
def test_a_live_stream_needs_a_file(output: str | None) -> None:
    with pytest.raises(ConfigError, match="camera:0 is live"):
        plan([Input("camera:0", None)], output)


@pytest.mark.parametrize("output", ["out.mp4", "rtsp://host/out"])
def test_several_inputs_need_a_folder(tmp_path: Path, output: str) -> None:
    with pytest.raises(ConfigError, match="name a folder"):
        plan(files(tmp_path, "a.mp4", "b.mp4"), output)


def test_an_existing_target_is_refused_unless_asked_for(tmp_path: Path) -> None:
    inputs = files(tmp_path, "a.mp4")
    made(tmp_path, "out.mp4")
    with pytest.raises(OutputError, match=r"out\.mp4 exists: add --overwrite"):
        plan(inputs, str(tmp_path / "out.mp4"))
    assert plan(inputs, str(tmp_path / "out.mp4"), overwrite=True)


def test_a_broken_link_exists_too(tmp_path: Path) -> None:
    (tmp_path / "out.mp4").symlink_to(tmp_path / "nowhere.mp4")
    with pytest.raises(OutputError, match="exists"):
        plan(files(tmp_path, "a.mp4"), str(tmp_path / "out.mp4"))


@pytest.mark.parametrize("names", [("a/x.jpg", "b/x.jpg"), ("a/x.jpg", "b/X.JPG")])
def test_two_inputs_never_share_a_target(tmp_path: Path, names: tuple[str, str]) -> None:
    """Also where only case tells them apart, as macOS does not."""
    with pytest.raises(OutputError, match="would be written by both"):
        plan(files(tmp_path, *names), str(tmp_path / "out"))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("IMG.HEIC", "IMG.JPG"), ("IMG.HEIC.jpg", "IMG.JPG")),
        (("IMG.JPG", "IMG.HEIC"), ("IMG.JPG", "IMG.HEIC.jpg")),
        (("a.heic", "a.avif"), ("a.heic.jpg", "a.avif.jpg")),
        (("a.mpg", "a.mp4", "a.wmv"), ("a.mpg.mp4", "a.mp4", "a.wmv.mp4")),
        (("a.heic", "b.jpg"), ("a.jpg", "b.jpg")),
    ],
)
def test_of_two_formats_that_become_one_the_old_ending_tells(
    tmp_path: Path, names: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    inputs = tree(tmp_path / "in", *names)
    found = targets(plan(inputs, str(tmp_path / "out")))
    assert found == [tmp_path / "out" / name for name in expected]


def test_a_name_that_the_old_ending_leads_to_is_refused_too(tmp_path: Path) -> None:
    inputs = tree(tmp_path / "in", "a.heic", "a.jpg", "a.heic.jpg")
    with pytest.raises(OutputError, match="would be written by both"):
        plan(inputs, str(tmp_path / "out"))


def test_copies_with_old_endings_are_known_for_copies(tmp_path: Path) -> None:
    inputs = tree(tmp_path, "a.heic", "a.jpg")
    copies = [target for target in targets(plan(inputs)) if isinstance(target, Path)]
    assert [copy.name for copy in copies] == ["a_anonymized.heic.jpg", "a_anonymized.jpg"]
    again = tree(tmp_path, "a.heic", "a.jpg", *(copy.name for copy in copies))
    assert without_copies(again) == inputs


@pytest.mark.parametrize("ending", [".avif", ".AVIF"])
def test_an_animation_stays_one(tmp_path: Path, ending: str) -> None:
    pictures = [Image.new("RGB", (16, 16), colour) for colour in ("red", "blue")]
    path = tmp_path / f"a{ending}"
    pictures[0].save(path, save_all=True, append_images=pictures[1:])
    still = tmp_path / f"b{ending}"
    pictures[0].save(still)
    for one, expected in ((path, f"a_anonymized{ending}"), (still, "b_anonymized.jpg")):
        assert targets(plan([Input(str(one), one)])) == [tmp_path / expected]


@pytest.mark.parametrize("kind", ["same", "symbolic", "hard"])
def test_an_input_is_never_overwritten(tmp_path: Path, kind: str) -> None:
    inputs = files(tmp_path, "a.mp4")
    output = tmp_path / ("a.mp4" if kind == "same" else "b.mp4")
    if kind == "symbolic":
        output.symlink_to(tmp_path / "a.mp4")
    elif kind == "hard":
        os.link(tmp_path / "a.mp4", output)
    with pytest.raises(OutputError, match="is an input and would be overwritten"):
        plan(inputs, str(output), overwrite=True)


def test_an_ending_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"\.xyz cannot be written: use one of .*\.mp4"):
        plan(files(tmp_path, "a.mp4"), str(tmp_path / "out.xyz"))


def test_a_folder_that_cannot_be_written_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path)
    with pytest.raises(OutputError, match="is no folder that may be written to"):
        plan(files(tmp_path, "a.mp4"), str(tmp_path / "deep/out.mp4"))


def test_a_file_in_the_way_of_a_folder_is_refused(tmp_path: Path) -> None:
    made(tmp_path, "out")
    with pytest.raises(ConfigError, match="is a file"):
        plan(tree(tmp_path / "in", "a.jpg"), str(tmp_path / "out"))


def test_all_problems_are_counted_in_one_line(tmp_path: Path) -> None:
    inputs = files(tmp_path, "a.mp4", "b.mp4", "c.mp4")
    made(tmp_path / "out", "a.mp4", "b.mp4", "c.mp4")
    with pytest.raises(OutputError, match="and 2 more such targets") as caught:
        plan(inputs, str(tmp_path / "out"))
    assert "\n" not in str(caught.value)


# --- Links and other runs --------------------------------------------------------------------


@pytest.mark.parametrize("place", ["sub", "sub/deep", "real/sub"])
def test_a_link_below_the_output_folder_is_refused(tmp_path: Path, place: str) -> None:
    """It sent copies over the originals."""
    inputs = tree(tmp_path / "in", f"{place}/a.jpg", "b.jpg")
    (tmp_path / "out" / "real").mkdir(parents=True)
    (tmp_path / "out" / "sub").symlink_to("../in/sub")
    (tmp_path / "out" / "real" / "sub").symlink_to("../../in/real/sub")
    for overwrite in (False, True):
        with pytest.raises(OutputError, match="is a link, which may lead out"):
            plan(inputs, str(tmp_path / "out"), overwrite=overwrite)


def test_the_output_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "out").symlink_to("disk")
    inputs = tree(tmp_path / "in", "a.jpg")
    (target,) = targets(plan(inputs, str(tmp_path / "out")))
    assert target == tmp_path / "out" / "a.jpg"


def test_a_name_too_long_for_its_copy_fails_alone(tmp_path: Path) -> None:
    names = ["a" * 251 + ".jpg", "b.jpg"]
    assert len(plan(files(tmp_path / "in", *names))) == 2
    assert len(plan(tree(tmp_path / "in", *names), str(tmp_path / "out"))) == 2


@pytest.mark.parametrize("output", ["out", "out/"])
def test_one_run_at_a_time_writes_into_a_folder(tmp_path: Path, output: str) -> None:
    inputs = tree(tmp_path / "in", "a.jpg")
    output = f"{tmp_path}/{output}"
    with reserved(inputs, output) as folder:
        assert folder is not None
        assert folder.path == tmp_path / "out"
        with pytest.raises(OutputError, match="is being written into by another run"):
            reserved(inputs, output).__enter__()
    with reserved(inputs, output):
        pass


def test_files_beside_each_other_can_be_written_at_once(tmp_path: Path) -> None:
    inputs = files(tmp_path, "a.mp4")
    with (
        reserved(inputs, str(tmp_path / "one.mp4")) as first,
        reserved(inputs, str(tmp_path / "two.mp4")) as second,
        reserved(inputs, None) as beside,
        reserved(inputs, "udp://127.0.0.1:5000") as stream,
    ):
        assert first == second
        assert beside is stream is None
