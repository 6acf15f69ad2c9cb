"""Tries everything that a site file names, and says what is wrong."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from passerby.errors import InputError, PasserbyError
from passerby.matching.link_model import LinkModel
from passerby.pipeline.stages import Pipeline
from passerby.runtime.reasons import reason_of
from passerby.signatures.opening import open_describer
from passerby.site.camera_process import open_camera
from passerby.site.settings import CameraSettings, SiteSettings
from passerby.store.site_key import read_site_key
from passerby.store.store import open_store
from passerby.store.vector_rows import empty_rows

__all__ = ["Checked", "check_site"]


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that was tried.

    Attributes:
        what: A camera, a model, the store.
        found: What is known of it, if it works.
        problem: Why it does not; None if it does.
    """

    what: str
    found: str = ""
    problem: str | None = None


def check_site(site: SiteSettings) -> Iterator[Checked]:
    """Try every camera, every network and the store; yields each as soon as it was tried."""
    for camera in site.cameras:
        yield _tried(f"camera {camera.name}", partial(_camera, site, camera))
    if any(one.purpose == "matching" for one in site.cameras):
        yield _tried("signature model", partial(_signature, site))
    yield _tried("site key", partial(_key, site))
    yield _tried("store", partial(_store, site))
    if site.store.index != "exact":
        yield _tried("index", partial(_index, site))


def _tried(what: str, look: Callable[[], str]) -> Checked:
    try:
        return Checked(what, look())
    except PasserbyError as error:
        return Checked(what, problem=str(error))
    except Exception as error:  # noqa: BLE001  (the others are tried all the same)
        return Checked(what, problem=reason_of(error))


def _camera(site: SiteSettings, camera: CameraSettings) -> str:
    """Open a camera, and anonymize its first picture with the networks that it needs."""
    settings = site.settings_of(camera)
    with closing(open_camera(camera.source, settings.live)) as source:
        frame = next(iter(source), None)
        if frame is None:
            raise InputError(f"{camera.source} shows no picture: check the camera")
        with Pipeline(settings) as pipeline:
            result = pipeline.frame(frame)
        if result.detections.failure is not None:
            raise InputError(f"people cannot be looked for: {result.detections.failure}")
        medium = source.medium
        rate = "" if medium.rate is None else f", {float(medium.rate):g} frames a second"
        weakness = result.frame.protection.weakness
        if weakness is not None and camera.purpose == "matching":
            raise InputError(
                f"what covers people is weak ({weakness}), and is not stored: choose another "
                "operator"
            )
        return f"{medium.width}x{medium.height}{rate}"


def _signature(site: SiteSettings) -> str:
    describer = open_describer(site.signature_model)
    LinkModel.named(describer.name)
    return describer.name


def _key(site: SiteSettings) -> str:
    read_site_key(site.store.key_file)
    return "found"


def _index(site: SiteSettings) -> str:
    empty_rows(site.store.index, 1)
    return site.store.index


def _store(site: SiteSettings) -> str:
    address = site.store.address
    if "://" not in address and not Path(address).exists():
        folder = Path(address).resolve().parent
        if not folder.is_dir():
            raise InputError(f"there is no folder {folder}: make it first")
        return "is made by the first run"
    open_store(address, read_site_key(site.store.key_file), site.store.keys_file).close()
    return "opens"
