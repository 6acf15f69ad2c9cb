"""Serves the console of a site until it is stopped."""

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn

from passerby.errors import ConfigError
from passerby.files.plain import read_json
from passerby.runtime.reasons import reason_of
from passerby.serve.app import console_app
from passerby.serve.console import Console, ConsoleOptions
from passerby.site.settings import SiteSettings
from passerby.site.site_store import make_site_store, open_site_store
from passerby.store.store import Store
from passerby.store.users import user_count

if TYPE_CHECKING:
    from passerby.serve.encrypted_gallery import EncryptedGallery

__all__ = ["serve_site"]


def serve_site(  # noqa: PLR0913  (one option each)
    site: SiteSettings,
    options: ConsoleOptions,
    say: Callable[[str], None],
    say_link: Callable[[str, str], None],
    *,
    certificate: Path | None = None,
    private_key: Path | None = None,
    attack_report: Path | None = None,
    make_gallery: Callable[[SiteSettings, Store], "EncryptedGallery"] | None = None,
) -> None:
    """Serve the console of a site; the store is made if there is none.

    Args:
        site: What its file says.
        options: How it is served.
        say: Told where it is, a line each.
        say_link: Told the address by which the first user is made, and its key.
        certificate: A PEM file, for TLS.
        private_key: Of the certificate, unless that file has it.
        attack_report: What `passerby attack` wrote about the anonymizer, for the privacy page.
        make_gallery: Makes what encrypted queries are compared with; without it none is answered.

    Raises:
        ConfigError: If a file of TLS cannot be read, or the site's key is missing or does not fit.
        StoreError: If the store cannot be used.
    """
    for path in (certificate, private_key):
        if path is not None and not path.is_file():
            raise ConfigError(f"there is no file {path}: check the path")
    leak = None if attack_report is None else _read_report(attack_report)
    make_site_store(site)
    with open_site_store(site) as store:
        gallery = None if make_gallery is None else make_gallery(site, store)
        console = Console(site=site, store=store, options=options, leak=leak, gallery=gallery)
        if not user_count(store):
            console.set_up_key = secrets.token_urlsafe(32)
            say("Nobody can log in yet. Make the first user, with this link, which works once:")
            say_link(f"{options.address}/setup", console.set_up_key)
        say(f"The console is at {options.address}; Ctrl-C ends it.")
        config = uvicorn.Config(
            console_app(console),
            host=options.host,
            port=options.port,
            access_log=False,  # addresses hold secrets of links
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            ws="websockets-sansio",
            ws_max_size=64 * 1024,
            ws_per_message_deflate=False,  # JPEG becomes no smaller
            ssl_certfile=certificate,
            ssl_keyfile=private_key,
        )
        try:
            uvicorn.Server(config).run()
        finally:
            console.close()


def _read_report(path: Path) -> Mapping[str, Any]:
    try:
        values = read_json(path)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read as a report: {reason_of(error)}") from error
    if not isinstance(values, dict) or "attacks" not in values:
        raise ConfigError(f"{path} is no report of `passerby attack`: name its report.json")
    return values
