"""Which file is taken, and that the wrong one never is."""

import hashlib
import os
import re
import time
from pathlib import Path

import pytest

from passerby.errors import ConfigError, ModelError
from passerby.models.cards import MODELS, ModelCard
from passerby.models.lookup import (
    check_hash,
    default,
    download_folder,
    find,
    locate,
    model_sha256,
    preferred,
    resolve,
)

Folders = dict[str, Path]


def test_the_chosen_folder_comes_first_then_the_package_then_the_cache(
    make_card, folders: Folders
) -> None:
    card = make_card("small")
    for name in ("cache", "package", "chosen"):
        (folders[name] / card.file).write_bytes(b"weights")
        assert locate("small") == folders[name] / card.file


def test_without_a_choice_the_package_and_the_cache_are_looked_at(
    make_card, folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = make_card("small")
    monkeypatch.setenv("PASSERBY_MODELS", "")
    (folders["chosen"] / card.file).write_bytes(b"weights")
    assert find(card) is None
    (folders["cache"] / card.file).write_bytes(b"weights")
    assert locate("small") == folders["cache"] / card.file
    assert download_folder() == folders["cache"]


def test_models_are_fetched_into_the_chosen_folder(folders: Folders) -> None:
    assert download_folder() == folders["chosen"]


def test_a_missing_model_is_one_line_that_names_the_command(make_card, folders: Folders) -> None:
    make_card("small")
    with pytest.raises(ModelError, match=r"^model small .*`passerby models pull small`$"):
        locate("small")


def test_an_unknown_model_is_refused_with_the_known_ones(make_card, folders: Folders) -> None:
    make_card("small")
    with pytest.raises(ConfigError, match=r"'large'.*small"):
        locate("large")


def test_a_wrong_hash_is_refused_with_both_hashes_and_the_command(
    make_card, folders: Folders
) -> None:
    card = make_card("small")
    (folders["chosen"] / card.file).write_bytes(b"weighty")
    with pytest.raises(ModelError) as refused:
        locate("small")
    hashes = re.findall(r"\b[0-9a-f]{64}\b", str(refused.value))
    assert hashes == [hashlib.sha256(content).hexdigest() for content in (b"weights", b"weighty")]
    assert "`passerby models pull small`" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_wrong_file_in_the_first_folder_is_not_passed_over(make_card, folders: Folders) -> None:
    card = make_card("small")
    (folders["cache"] / card.file).write_bytes(b"weights")
    (folders["chosen"] / card.file).write_bytes(b"weighty")
    with pytest.raises(ModelError):
        locate("small")


def test_a_file_is_hashed_again_when_it_changes(make_card, folders: Folders) -> None:
    card = make_card("small")
    path = folders["chosen"] / card.file
    path.write_bytes(b"weights")
    os.utime(path, ns=(1, 1))
    locate("small")
    path.write_bytes(b"weighty")
    os.utime(path, ns=(2, 2))
    with pytest.raises(ModelError):
        locate("small")


def test_a_file_is_hashed_once_while_it_stays_the_same(
    make_card, folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = make_card("small")
    path = folders["chosen"] / card.file
    path.write_bytes(b"weights")
    locate("small")
    with monkeypatch.context() as patch:
        patch.setattr(hashlib, "file_digest", lambda *_: pytest.fail("hashed again"))
        locate("small")
    time.sleep(0.02)  # until the file system's clock has moved on
    path.write_bytes(b"WEIGHTS")  # as long and, as far as it tells, at the same time
    os.utime(path, ns=(3, 3))
    with pytest.raises(ModelError, match="is not small"):
        locate("small")


def test_a_path_means_that_file_and_a_name_the_right_one(make_card, folders: Folders) -> None:
    card = make_card("small")
    (folders["chosen"] / card.file).write_bytes(b"weights")
    assert resolve("small") == folders["chosen"] / card.file
    assert resolve("own/export.onnx") == Path("own/export.onnx")


def test_a_hash_is_that_of_the_content(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    # The hash of nothing, from FIPS 180-4's examples.
    assert model_sha256(tmp_path / "empty").startswith("e3b0c44298fc1c149afbf4c8996fb924")


def test_an_unreadable_file_is_refused(make_card, folders: Folders) -> None:
    card = make_card("small")
    with pytest.raises(ModelError, match="cannot read"):
        check_hash(card, folders["chosen"] / card.file)


def test_the_default_is_the_first_registered_that_is_here(make_card, folders: Folders) -> None:
    first, second = make_card("first"), make_card("second", b"two")
    with pytest.raises(ModelError, match=r"^no model that finds a person .*pull`$"):
        default("person")
    (folders["cache"] / second.file).write_bytes(b"two")
    assert default("person") is second
    (folders["cache"] / first.file).write_bytes(b"weights")
    assert default("person") is first


def test_the_default_is_a_built_in_model_wherever_it_is_registered(
    make_card, folders: Folders
) -> None:
    first = make_card("first")
    ours = make_card("ours", b"ours", built_in=True)
    (folders["cache"] / first.file).write_bytes(b"weights")
    (folders["package"] / ours.file).write_bytes(b"ours")
    assert default("person") is ours
    assert locate("ours") == folders["package"] / ours.file


@pytest.mark.parametrize("folder", ["chosen", "package", "cache"])
def test_a_damaged_built_in_model_says_what_to_do(make_card, folders: Folders, folder: str) -> None:
    card = make_card("ours", b"ours", built_in=True)
    (folders[folder] / card.file).write_bytes(b"our")
    what = "install passerby again" if folder == "package" else "remove that file"
    with pytest.raises(ModelError, match=rf"^{folders[folder] / card.file} is not ours.*{what}"):
        locate("ours")


def test_a_missing_built_in_model_is_not_to_be_fetched(make_card, folders: Folders) -> None:
    make_card("ours", built_in=True)
    for ask in (lambda: locate("ours"), lambda: default("person")):
        with pytest.raises(ModelError, match=r"is installed|is not installed") as refused:
            ask()
        assert str(refused.value).endswith("it comes with passerby, so install passerby again")


def test_a_role_sees_only_its_own_models(make_card, folders: Folders) -> None:
    make_card("people", built_in=True)
    faces = make_card("faces", b"faces", role="face")
    assert preferred("face") is faces


@pytest.mark.shared
@pytest.mark.parametrize("card", MODELS.values(), ids=lambda card: card.name)
def test_every_card_describes_its_file(
    card: ModelCard, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSERBY_MODELS", str(shared / "models"))
    path = locate(card.name)
    assert path.stat().st_size == card.size
