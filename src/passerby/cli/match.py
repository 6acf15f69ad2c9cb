"""``passerby match``: signatures against a gallery, in clear or under encryption."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import numpy.typing as npt
from cyclopts import App, Parameter
from cyclopts.validators import Number

from passerby.cli.console import Table, complain, print_json, print_table
from passerby.cli.defaults import default_text
from passerby.cli.exit_codes import EXIT_OK
from passerby.errors import ConfigError, InputError
from passerby.extras import needing
from passerby.files.secret import read_secret
from passerby.matching.distances import Distances
from passerby.runtime.addresses import scheme_of
from passerby.signatures.reader import read_origin, read_signatures
from passerby.signatures.signatures import Signatures, check_comparable
from passerby.store.times import microseconds

if TYPE_CHECKING:
    from passerby.matching.encrypted.remote import RemoteGallery

__all__ = ["app", "match_command"]

TOKEN_VARIABLE = "PASSERBY_TOKEN"  # noqa: S105  (its name)
_LONGEST_TOKEN = 1000

_EPILOGUE = """A gallery is a file of signatures (passerby describe), or the address of a site that
is served with `passerby serve --encrypted-matching`. Signatures are sent to an address only under
encryption: its owner sees neither them nor the scores; you see the scores, but not its signatures.
Keys are drawn anew for each run, and the secret one stays in its memory. With a file, --encrypted
plays both parties: it shows what encryption changes.

The token of an address is in the environment variable PASSERBY_TOKEN, or in --token-file. Similar
looks are no proof: this says where to look, not who it is. Give no scores to the gallery's owner.

Examples:

  passerby match query.npz gallery.npz

  passerby match query.npz https://gallery.example:8765 --encrypted --why "case 12"

  passerby match query.npz https://gallery.example:8765 --encrypted --why "case 12" --camera hall

Exit codes: 0 done; 1 the gallery cannot be reached or refuses; 2 wrong use."""

app = App(
    name="match",
    help="Compare signatures of people with a gallery, also with one that nobody shows you.",
    help_epilogue=_EPILOGUE,
    help_format="markdown",
    default_parameter=Parameter(negative=(), show_default=default_text),
)


@dataclass(frozen=True, kw_only=True)
class RemoteOptions:
    """What only a gallery at an address needs."""

    token_file: Annotated[
        Path | None,
        Parameter(
            help="File with the token, which nobody else may read; by default the environment "
            "variable PASSERBY_TOKEN holds it."
        ),
    ] = None
    why: Annotated[
        str | None,
        Parameter(help="What it is for, for the gallery's audit log: the number of a case, say."),
    ] = None
    camera: Annotated[
        tuple[str, ...],
        Parameter(
            help="Name of a camera to search, told in clear; give the option again for more. By "
            "default all that the token allows."
        ),
    ] = ()
    since: Annotated[
        str | None,
        Parameter(
            help="Only tracks that ended then or later, such as 2027-01-15T08:30+01:00; told in "
            "clear."
        ),
    ] = None
    until: Annotated[
        str | None, Parameter(help="Only tracks that began before; told in clear.")
    ] = None
    certificate: Annotated[
        Path | None,
        Parameter(
            help="A PEM file of who vouches for the address; by default those whom the system "
            "trusts."
        ),
    ] = None


@app.default
def match_command(
    query: Path,
    gallery: str,
    *,
    encrypted: bool = False,
    remote: Annotated[RemoteOptions | None, Parameter(name="*")] = None,
    most: Annotated[int, Parameter(validator=Number(gte=1, lte=1000))] = 10,
    as_json: Annotated[bool, Parameter(name="--json")] = False,
) -> int:
    """Compare signatures with a gallery, and print who is most similar to each.

    Args:
        query: An .npz file of signatures; each is a query.
        gallery: An .npz file of signatures, or the address of a site.
        encrypted: Compare under encryption.
        remote: What a gallery at an address needs.
        most: How many of the most similar.
        as_json: Print JSON on the output stream.
    """
    asked = read_signatures(query)
    at_address = scheme_of(gallery) in ("http", "https")
    if at_address and not encrypted:
        raise ConfigError("signatures are not sent in clear: add --encrypted")
    if not at_address and remote is not None:
        raise ConfigError(f"{gallery} is a file: tokens, cameras and times are for addresses")
    found = (
        _at_address(query, asked, gallery, remote or RemoteOptions(), most)
        if at_address
        else _in_file(query, asked, Path(gallery), most, encrypted=encrypted)
    )
    rows = list(found)
    if as_json:
        print_json(rows)
        return EXIT_OK
    columns = ("query", "track", "camera", "seen (UTC)") if at_address else ("query", "image")
    table = Table(*columns, "similarity")
    for row in rows:
        *labels, similarity = row.values()
        table.add_row(*map(str, labels), f"{similarity:.3f}")
    print_table(table)
    return EXIT_OK


_Row = dict[str, str | int | float]


def _in_file(
    query: Path, asked: Signatures, gallery: Path, most: int, *, encrypted: bool
) -> Iterator[_Row]:
    """Compare with a file, and be both parties if it is under encryption."""
    known = read_signatures(gallery)
    check_comparable(asked, known)
    one, other = _model_of(query), _model_of(gallery)
    if one != other:
        raise InputError(
            f"{query} is of the network {one[:12]}, {gallery} of {other[:12]}: describe both with "
            "one network"
        )
    scores = _both_parties(asked, known) if encrypted else _in_clear(asked, known)
    for number, row in enumerate(scores):
        for image in _best(row, most):
            yield {"query": number, "image": image, "similarity": _shown(row[image])}


def _in_clear(asked: Signatures, known: Signatures) -> Iterator[npt.NDArray[np.floating]]:
    distances = Distances(asked.features, known.features, "cosine")
    for number in range(len(asked)):
        yield 1 - distances[number : number + 1][0]


def _both_parties(asked: Signatures, known: Signatures) -> Iterator[npt.NDArray[np.floating]]:
    with needing("encrypted", "matching under encryption"):
        from passerby.matching.encrypted.gallery import (  # noqa: PLC0415
            EvaluationKeys,
            encoded_blocks,
            encrypted_scores,
        )
        from passerby.matching.encrypted.query_keys import QueryKeys  # noqa: PLC0415
    asking = QueryKeys(asked.dimensions)
    answering = EvaluationKeys.read(asking.evaluation_keys(), known.dimensions)
    blocks = encoded_blocks(known.features[0 : len(known)].astype(np.float64))
    for signature in asked.features[0 : len(asked)]:
        answers = encrypted_scores(asking.encrypted(signature), answering, blocks)
        yield asking.scores(answers, len(known))


def _at_address(
    query: Path, asked: Signatures, address: str, options: RemoteOptions, most: int
) -> Iterator[_Row]:
    with needing("encrypted", "matching under encryption"):
        from passerby.matching.encrypted.remote import GalleryPlace, RemoteGallery  # noqa: PLC0415
    if not options.why:
        raise ConfigError("the gallery's audit log says what a query is for: give --why")
    place = GalleryPlace(
        address=address, token=_token(options.token_file), certificate=options.certificate
    )
    gallery = RemoteGallery(place, _model_of(query))
    if gallery.queries_left < len(asked):
        raise ConfigError(
            f"{query} has {len(asked)} queries, and the gallery still answers "
            f"{gallery.queries_left} today: ask fewer"
        )
    for number, signature in enumerate(asked.features[0 : len(asked)]):
        yield from _matched(gallery, number, signature, options, most)
    complain(
        f"{gallery.sent / 1e6:.2f} MB sent, keys included; {gallery.received / 1e6:.2f} MB received"
    )


def _matched(
    gallery: "RemoteGallery",
    number: int,
    signature: npt.NDArray[np.generic],
    options: RemoteOptions,
    most: int,
) -> Iterator[_Row]:
    from passerby.matching.encrypted.remote import RemoteQuery  # noqa: PLC0415

    query = RemoteQuery(
        signature=signature.astype(np.float64),
        purpose=options.why or "",
        cameras=options.camera,
        since=None if options.since is None else microseconds(options.since),
        until=None if options.until is None else microseconds(options.until),
    )
    whom, scores = gallery.match(query)
    for place in _best(scores, most):
        seen = datetime.fromtimestamp(int(whom.began[place]), UTC)
        yield {
            "query": number,
            "track": str(whom.tracks[place]),
            "camera": whom.cameras[whom.camera[place]],
            "seen": f"{seen:%Y-%m-%dT%H:%M:%SZ}",
            "similarity": _shown(scores[place]),
        }


def _best(scores: npt.NDArray[np.floating], most: int) -> Sequence[int]:
    """The places of the highest scores, the highest first."""
    best: list[int] = np.argsort(-scores, kind="stable")[:most].tolist()
    return best


def _shown(score: np.floating) -> float:
    """To three digits: the fourth is blurred."""
    return round(float(score), 3)


def _model_of(path: Path) -> str:
    """The hash of the network that made a file's signatures.

    Raises:
        InputError: If the file does not say it.
    """
    known = read_origin(path).model_sha256
    if not known:
        raise InputError(
            f"{path} does not say which network made it, and signatures of two cannot be compared: "
            "write it with `passerby describe`"
        )
    return known


def _token(path: Path | None) -> str:
    """Read the token from a file, or from the environment.

    Raises:
        ConfigError: If there is none, or others may read the file.
    """
    if path is None:
        token = os.environ.get(TOKEN_VARIABLE, "")
        if not token:
            raise ConfigError(f"the gallery asks for a token: set {TOKEN_VARIABLE} or --token-file")
        return token.strip()
    return read_secret(path, "token file", _LONGEST_TOKEN)
