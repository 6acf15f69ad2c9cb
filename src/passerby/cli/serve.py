"""``passerby serve``: the console of a site, in a browser."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number

from passerby.cli.console import say, say_link
from passerby.cli.exit_codes import EXIT_OK
from passerby.errors import ConfigError
from passerby.extras import needing

with needing("serve", "the console"):
    from passerby.serve.console import ConsoleOptions
    from passerby.serve.run import serve_site
    from passerby.site.settings import read_site

if TYPE_CHECKING:
    from passerby.serve.encrypted_gallery import EncryptedGallery
    from passerby.site.settings import SiteSettings
    from passerby.store.store import Store

__all__ = ["app", "serve_command"]

_EPILOGUE = """The console reads what `passerby run` has stored: anonymized snippets, links and
sums. When it starts for the first time, it prints a link by which you make the first user; there is
no default password. It listens on this machine alone, unless you say otherwise; then give it a
certificate too.

Examples:

  passerby serve site.toml

  passerby serve site.toml --host 0.0.0.0 --name console.example --certificate console.pem

  passerby serve site.toml --encrypted-matching --queries-a-day 2

Exit codes: 0 done; 1 the store failed; 2 wrong use; 130 or 143 interrupted."""

app = App(
    name="serve",
    help="Open the console of a site in a browser: see, find, follow, correct, account for.",
    help_epilogue=_EPILOGUE,
    default_parameter=Parameter(negative=()),
)


@app.default
def serve_command(  # noqa: PLR0913  (one option each)
    site: Path,
    *,
    host: str = "127.0.0.1",
    port: Annotated[int, Parameter(validator=Number(gte=1, lte=65_535))] = 8765,
    name: tuple[str, ...] = (),
    certificate: Path | None = None,
    private_key: Path | None = None,
    two_persons: bool = False,
    attack_report: Path | None = None,
    reports: Path | None = None,
    encrypted_matching: bool = False,
    queries_a_day: Annotated[int, Parameter(validator=Number(gte=1, lte=100_000))] = 5,
) -> int:
    """Serve the console of a site until it is stopped.

    Args:
        site: The site file.
        host: Address to listen on; 0.0.0.0 for all that this machine has.
        port: Port to listen on.
        name: A name by which browsers call it, if that is not the address; give the option again
            for more.
        certificate: A PEM file: serve by TLS.
        private_key: The certificate's key, unless its file holds it.
        two_persons: Let searches, exports and erasures wait until somebody else allows them.
        attack_report: The report.json of `passerby attack`, for the page on privacy.
        reports: A folder of reports of `passerby anonymize` whose copies officers may correct here.
        encrypted_matching: Let programs of investigators compare encrypted signatures with the
            tracks of this site (passerby match --encrypted); the site sees no signature and no
            score.
        queries_a_day: How many such queries are answered in 24 hours, of all users together: their
            scores tell the signatures of the site, a little each.
    """
    if private_key is not None and certificate is None:
        raise ConfigError("a private key needs its certificate: give --certificate too")
    if reports is not None and not reports.is_dir():
        raise ConfigError(f"there is no folder {reports}: check the path")
    options = ConsoleOptions(
        host=host,
        port=port,
        names=name,
        secure=certificate is not None,
        two_persons=two_persons,
        reports=reports,
    )
    serve_site(
        read_site(site),
        options,
        say,
        say_link,
        certificate=certificate,
        private_key=private_key,
        attack_report=attack_report,
        make_gallery=_gallery(queries_a_day) if encrypted_matching else None,
    )
    return EXIT_OK


def _gallery(queries_a_day: int) -> "Callable[[SiteSettings, Store], EncryptedGallery]":
    """Makes the gallery of a site."""
    with needing("encrypted", "matching under encryption"):
        from passerby.serve.encrypted_gallery import (  # noqa: PLC0415
            EncryptedGallery,
            GalleryOptions,
        )
    return partial(EncryptedGallery, options=GalleryOptions(queries_a_day=queries_a_day))
