"""What a site file says: cameras, what is covered, who are neighbours, how long what is kept."""

from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, model_validator

from passerby.config import read_toml, validated
from passerby.errors import ConfigError
from passerby.matching.camera_graph import CameraGraph, CameraNeighbours, TravelRange
from passerby.pipeline.settings import Settings
from passerby.sources.inputs import is_stream
from passerby.store.vector_rows import IndexPrecision

__all__ = [
    "CameraPurpose",
    "CameraSettings",
    "CountedZone",
    "OidcRole",
    "OidcSettings",
    "SiteSettings",
    "StoreSettings",
    "read_site",
]

CameraPurpose = Literal["matching", "counting"]
"""Why people are watched: to follow them from camera to camera, or to count them, for which nothing
of anybody is kept."""

_SECONDS_A_DAY = 86_400

_TABLES = ("cover", "find", "time", "live")
"""Groups of `Settings` that a site has too; a camera may change single keys."""

_PATHS = {"keys", "site_key", "heads", "outbox"}
"""What is relative to the site file, under `store`."""

_SITE_DEFAULTS: dict[str, dict[str, Any]] = {"time": {"lookahead": 0.5}}
"""Where a site's defaults are not those of `passerby anonymize`: what was seen is stored soon."""

_Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
_Days = Annotated[float, Field(gt=0, le=36_500)]
_Share = Annotated[float, Field(ge=0, le=1)]


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class CountedZone(_Group):
    """A part of a camera's view in which people are counted."""

    name: _Name
    polygon: Annotated[
        tuple[tuple[_Share, _Share], ...],
        Field(
            min_length=3,
            description="Its corners, x and y each, as shares of the width and height of the view.",
        ),
    ]


class CameraSettings(_Group):
    """One camera."""

    name: _Name
    source: str = Field(
        min_length=1,
        description="A video, a live stream (rtsp://, http://) or a camera of this machine "
        "(camera:0). A path is relative to the site file.",
    )
    purpose: CameraPurpose = Field(
        default="matching",
        description="matching: snippets and signatures are stored, and tracks linked; counting: "
        "only sums of hours.",
    )
    begins: datetime | None = Field(
        default=None,
        description="When a video was taken, with its time zone, as in 2026-05-01T08:00:00Z; by "
        "default all videos begin when the run does.",
    )
    retention_days: _Days | None = Field(
        default=None, description="Days that its tracks are kept; by default those of the site."
    )
    zones: tuple[CountedZone, ...] = Field(
        default=(), description="Parts of its view in which people are counted, too."
    )
    cover: dict[str, Any] = Field(default_factory=dict)
    find: dict[str, Any] = Field(default_factory=dict)
    time: dict[str, Any] = Field(default_factory=dict)
    live: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        names = [one.name for one in self.zones]
        if len(set(names)) < len(names):
            raise ValueError(f"{self.name} has two zones of one name: give each its own")
        if self.begins is not None and self.begins.tzinfo is None:
            raise ValueError(
                f"{self.name} begins at a time without a zone: end it with Z or +01:00"
            )
        return self


class StoreSettings(_Group):
    """Where what is kept is kept."""

    address: str = Field(
        default="site.sqlite",
        min_length=1,
        description="A file of SQLite, relative to the site file, or an address of PostgreSQL.",
    )
    keys: str | None = Field(
        default=None,
        description="The file of the keys of tracks; by default beside the file of SQLite. Keep "
        "it out of backups of the store.",
    )
    site_key: str | None = Field(
        default=None,
        description="The file of the site's key; by default the environment variable "
        "PASSERBY_SITE_KEY holds it.",
    )
    heads: str | None = Field(
        default=None,
        description="A folder for the head of the audit log, a file a day; best where nobody who "
        "has the store can write.",
    )

    index: IndexPrecision = Field(
        default="exact",
        description="How signatures are held in memory while they are searched: exact, or half the "
        "memory with 16 bits a number, for more than some two million; that needs "
        "`passerby[faiss]`.",
    )
    public_key: str | None = Field(
        default=None,
        pattern=r"^[0-9a-f]{64}$",
        description="On a machine that holds no store: by what it knows the site's own keys, as "
        "`passerby store admit` prints it.",
    )
    outbox: str = Field(
        default="outbox",
        min_length=1,
        description="On such a machine: the folder of what waits for the line to the store, "
        "sealed.",
    )
    outbox_megabytes: Annotated[float, Field(gt=0)] = Field(
        default=4000.0, description="How large it may become; then cameras wait."
    )

    @property
    def public(self) -> bytes:
        """By what the site's keys are known.

        Raises:
            ConfigError: If the site file does not say it.
        """
        if self.public_key is None:
            raise ConfigError(
                "the site file does not say by what the site's keys are known: write what "
                "`passerby store admit` printed as `public_key` under [store]"
            )
        return bytes.fromhex(self.public_key)

    @property
    def outbox_folder(self) -> Path:
        """The folder of what waits for the line."""
        return Path(self.outbox)

    @property
    def outbox_bytes(self) -> int:
        """How large it may become."""
        return round(self.outbox_megabytes * 1e6)

    @property
    def key_file(self) -> Path | None:
        """The file of the site's key; None if the environment has it."""
        return None if self.site_key is None else Path(self.site_key)

    @property
    def heads_folder(self) -> Path | None:
        """The folder for the heads of the audit log, if there is one."""
        return None if self.heads is None else Path(self.heads)

    @property
    def keys_file(self) -> Path | None:
        """The file of the keys of tracks; None if it lies beside the store."""
        return None if self.keys is None else Path(self.keys)


class OidcRole(_Group):
    """A role that a provider of OpenID Connect gives."""

    value: str = Field(min_length=1, description="One of those that the claim holds.")
    role: Literal["viewer", "investigator", "officer", "administrator"]
    cameras: str = Field(default="", description="A group of cameras; by default all cameras.")


class OidcSettings(_Group):
    """Where users of the console may log in besides."""

    issuer: str = Field(
        pattern=r"^https?://[^\s?#]+$", description="Address of the provider, as its tokens say it."
    )
    client_id: str = Field(min_length=1, description="By which the provider knows the console.")
    client_secret_file: Path | None = Field(
        default=None, description="A file with the secret; none, if the console is a public client."
    )
    title: str = Field(
        default="single sign-on", max_length=40, description="On the page to log in."
    )
    scope: str = Field(default="openid profile", description="What is asked for.")
    name_claim: str = Field(default="preferred_username", description="Holds the user's name.")
    roles_claim: str = Field(default="groups", description="Holds what gives roles.")
    roles: tuple[OidcRole, ...] = Field(
        min_length=1, description="Which value gives which role; a later one counts more."
    )


class SiteSettings(_Group):
    """A whole site."""

    time_zone: str = Field(
        default="UTC", description="In which hours are shown, as in Europe/Berlin."
    )
    retention_days: _Days = Field(default=3.0, description="Days that tracks are kept.")
    counts_days: _Days = Field(default=365.0, description="Days that sums of hours are kept.")
    signature_model: str = Field(
        default="passerby-signature", description="What describes people: a name or an ONNX file."
    )
    return_seconds: TravelRange = Field(
        default=(0.5, 60.0),
        description="Seconds after which somebody who left a view may come back into it, at least "
        "and at most.",
    )
    watchdog_seconds: float = Field(
        default=30.0,
        gt=0,
        le=3600,
        description="Seconds without a picture after which the process of a live camera is started "
        "anew.",
    )
    cameras: tuple[CameraSettings, ...] = Field(min_length=1)
    neighbours: tuple[CameraNeighbours, ...] = ()
    groups: dict[_Name, tuple[str, ...]] = Field(
        default_factory=dict,
        description="Groups of cameras for which users of the console hold roles.",
    )
    store: StoreSettings = Field(default_factory=StoreSettings)
    oidc: OidcSettings | None = None
    cover: dict[str, Any] = Field(default_factory=dict)
    find: dict[str, Any] = Field(default_factory=dict)
    time: dict[str, Any] = Field(default_factory=dict)
    live: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(
                f"time_zone: there is no time zone {self.time_zone!r}: write it as Europe/Berlin"
            ) from None
        try:
            _ = self.graph
            for camera in self.cameras:
                self.settings_of(camera)
            for name in (one for group in self.groups.values() for one in group):
                self.camera(name)
        except ConfigError as error:
            raise ValueError(str(error)) from None
        for given in () if self.oidc is None else self.oidc.roles:
            if given.cameras and given.cameras not in self.groups:
                raise ValueError(f"oidc.roles: there is no group {given.cameras!r}: name one")
        return self

    @cached_property
    def graph(self) -> CameraGraph:
        """The cameras whose tracks are linked."""
        values = {
            "cameras": tuple(one.name for one in self.cameras),
            "return_seconds": self.return_seconds,
            "neighbours": tuple(one.model_dump() for one in self.neighbours),
        }
        return validated(CameraGraph, values, "the cameras")

    def camera(self, name: str) -> CameraSettings:
        """Return the camera of a name.

        Raises:
            ConfigError: If there is none.
        """
        for one in self.cameras:
            if one.name == name:
                return one
        known = ", ".join(one.name for one in self.cameras)
        raise ConfigError(f"there is no camera {name!r}: choose one of {known}")

    def settings_of(self, camera: CameraSettings) -> Settings:
        """How the people before a camera are found and covered.

        Raises:
            ConfigError: If what the site and the camera say does not fit.
        """
        site, own = (one.model_dump(include=set(_TABLES)) for one in (self, camera))
        tables = {
            table: {**_SITE_DEFAULTS.get(table, {}), **site[table], **own[table]}
            for table in _TABLES
        }
        settings = validated(Settings, tables, f"camera {camera.name}")
        if settings.find.detections is not None:
            raise ConfigError(
                f"camera {camera.name}: a site looks for people itself: leave find.detections out"
            )
        return settings

    def retention_seconds(self, camera: CameraSettings) -> int:
        """For how long a camera's tracks are kept."""
        days = self.retention_days if camera.retention_days is None else camera.retention_days
        return max(1, round(days * _SECONDS_A_DAY))

    @property
    def counts_seconds(self) -> int:
        """For how long sums of hours are kept."""
        return max(1, round(self.counts_days * _SECONDS_A_DAY))


def read_site(path: Path) -> SiteSettings:
    """Read a site file; paths in it become relative to where it lies.

    Raises:
        ConfigError: If it cannot be read, has an unknown key, or something does not fit.
    """
    values = read_toml(path)
    site = validated(SiteSettings, values, str(path))
    folder = path.parent
    cameras = tuple(
        one.model_copy(update={"source": _placed(one.source, folder)}) for one in site.cameras
    )
    said = site.store.model_dump(exclude_none=True, include=_PATHS)
    address = _placed(site.store.address, folder)
    beside = {name: str(folder / path) for name, path in said.items()}
    store = site.store.model_copy(update={"address": address, **beside})
    oidc = site.oidc
    if oidc is not None and oidc.client_secret_file is not None:
        placed = folder / oidc.client_secret_file
        oidc = oidc.model_copy(update={"client_secret_file": placed})
    return site.model_copy(update={"cameras": cameras, "store": store, "oidc": oidc})


def _placed(source: str, folder: Path) -> str:
    """An address as it is; a path from where the site file lies."""
    return source if is_stream(source) else str(folder / source)
