"""What all pages of a console have in common: the site, its store, and how it is served."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from passerby.errors import ConfigError
from passerby.extras import needing
from passerby.serve.editor.report_desks import ReportDesks
from passerby.serve.live_cameras import LiveCameras
from passerby.serve.lookalikes import LookalikeIndex
from passerby.serve.oidc_log_ins import LogInsUnderWay
from passerby.serve.passwords import Passwords
from passerby.serve.query_worker import QueryWorker
from passerby.serve.request_limits import RequestLimits
from passerby.serve.request_metrics import RequestMetrics
from passerby.site.live_view import live_place
from passerby.site.settings import SiteSettings
from passerby.store.site_key import read_site_key
from passerby.store.store import Store

if TYPE_CHECKING:
    from passerby.serve.encrypted_gallery import EncryptedGallery
    from passerby.serve.oidc_provider import OidcProvider

__all__ = ["Console", "ConsoleOptions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleOptions:
    """How a console is served.

    Attributes:
        host: Address that it listens on.
        port: Likewise.
        names: Further names by which browsers may call it.
        secure: Whether it is served by TLS.
        two_persons: Whether searches, exports and erasures need the approval of somebody else.
        reports: Folder of the reports whose copies may be corrected; None for none.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    names: tuple[str, ...] = ()
    secure: bool = False
    two_persons: bool = False
    reports: Path | None = None

    @property
    def hosts(self) -> frozenset[str]:
        """Names by which a browser may call it: by others, a foreign page may try to get in."""
        return frozenset({self.host, "127.0.0.1", "localhost", "[::1]", *self.names})

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        shown = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104
        shown = f"[{shown}]" if ":" in shown else shown
        return f"{'https' if self.secure else 'http'}://{shown}:{self.port}"


@dataclass(kw_only=True)
class Console:
    """A console, while it is served.

    Attributes:
        site: What the site file says.
        store: Of the site; the console adds nothing to it but what users decide.
        options: How it is served.
        set_up_key: The secret of the one-time link by which the first user is made; None once there
            is one.
        leak: Report of an attack on the anonymizer, as `passerby attack` writes it; None if there
            is none.
        gallery: That encrypted queries are compared with; None if the site does not allow any.
        passwords: How passwords are hashed.
        limits: How often what may be asked.
        metrics: How many requests there were.
    """

    site: SiteSettings
    store: Store
    options: ConsoleOptions = field(default_factory=ConsoleOptions)
    set_up_key: str | None = None
    leak: Mapping[str, Any] | None = None
    gallery: "EncryptedGallery | None" = None
    passwords: Passwords = field(default_factory=Passwords)
    limits: RequestLimits = field(default_factory=RequestLimits)
    metrics: RequestMetrics = field(default_factory=RequestMetrics)

    @cached_property
    def zone(self) -> ZoneInfo:
        """In which times are shown."""
        return ZoneInfo(self.site.time_zone)

    @cached_property
    def lookalikes(self) -> LookalikeIndex:
        """Finds tracks that look alike."""
        return LookalikeIndex(self.site, self.store)

    @cached_property
    def worker(self) -> QueryWorker:
        """Describes pictures that are uploaded, in a process of its own."""
        return QueryWorker(self.site)

    @cached_property
    def provider(self) -> "OidcProvider":
        """Says who somebody is, if the site file names a provider.

        Raises:
            ConfigError: If it names none, or what asks it is not installed.
        """
        if self.site.oidc is None:
            raise ConfigError("the site file names no provider: add [oidc]")
        with needing("oidc", "logging in by OpenID Connect"):
            from passerby.serve.oidc_provider import OidcProvider  # noqa: PLC0415  (an extra)
        return OidcProvider(self.site.oidc)

    @cached_property
    def log_ins(self) -> LogInsUnderWay:
        """Log-ins that go on at the provider."""
        return LogInsUnderWay()

    @cached_property
    def reports(self) -> ReportDesks | None:
        """The reports whose copies may be corrected, if a folder is named."""
        folder = self.options.reports
        return None if folder is None else ReportDesks(folder)

    @cached_property
    def live(self) -> LiveCameras:
        """The newest pictures of the cameras."""
        key = read_site_key(self.site.store.key_file)
        return LiveCameras(lambda camera: live_place(self.site, camera, key))

    @property
    def cameras(self) -> tuple[str, ...]:
        """Names of the cameras of the site file, in its order."""
        return tuple(one.name for one in self.site.cameras)

    @property
    def groups(self) -> dict[str, frozenset[str]]:
        """The cameras of each group of the site file."""
        return {name: frozenset(cameras) for name, cameras in self.site.groups.items()}

    def close(self) -> None:
        """End what was begun for it; the store is left to whoever opened it."""
        self.lookalikes.close()
        self.worker.close()
        if self.reports is not None:
            self.reports.close()
