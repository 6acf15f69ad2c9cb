"""Serves the console of a site until it is stopped."""

import secrets
from collections.abc import Callable
from pathlib import Path

import uvicorn

from passerby.errors import ConfigError
from passerby.serve.app import console_app
from passerby.serve.console import Console, ConsoleOptions
from passerby.site.settings import SiteSettings
from passerby.site.site_store import make_site_store, open_site_store
from passerby.store.users import user_count

__all__ = ["serve_site"]


def serve_site(
    site: SiteSettings,
    options: ConsoleOptions,
    say: Callable[[str], None],
    *,
    certificate: Path | None = None,
    private_key: Path | None = None,
) -> None:
    """Serve the console of a site; the store is made if there is none.

    Args:
        site: What its file says.
        options: How it is served.
        say: Told where it is, a line each.
        certificate: A PEM file, for TLS.
        private_key: Of the certificate, unless that file has it.

    Raises:
        ConfigError: If a file of TLS cannot be read, or the site's key is missing or does not fit.
        StoreError: If the store cannot be used.
    """
    for path in (certificate, private_key):
        if path is not None and not path.is_file():
            raise ConfigError(f"there is no file {path}: check the path")
    make_site_store(site)
    with open_site_store(site) as store:
        console = Console(site=site, store=store, options=options)
        if not user_count(store):
            console.set_up_key = secrets.token_urlsafe(32)
            say("Nobody can log in yet. Make the first user, with this link, which works once:")
            say(f"{options.address}/setup?key={console.set_up_key}")
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
        uvicorn.Server(config).run()
