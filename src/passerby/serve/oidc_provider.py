"""A provider of OpenID Connect: where somebody logs in, and what it says of them.

Authorization code with PKCE (RFC 7636). An ID token counts if the provider has signed it with a
public key of its own, for this console, for this log-in, and lately.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import httpx
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from passerby.errors import ConfigError, StoreUnavailable
from passerby.files.plain import read_text
from passerby.runtime.reasons import reason_of
from passerby.site.settings import OidcSettings

__all__ = ["OidcProvider"]

_CLIENT: Any = OAuth2Client
_ALGORITHMS = ["RS256", "ES256", "PS256"]
"""Signatures by a key that the provider alone has."""
_PATIENCE = 10.0
_LEEWAY = 60
_MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class _Endpoints:
    """What the provider says of itself."""

    authorization: str
    token: str
    keys: str


class OidcProvider:
    """Asks a provider who somebody is.

    Args:
        settings: Of the site file.
    """

    def __init__(self, settings: OidcSettings) -> None:
        self._settings = settings
        self._secret: str | None = None
        if settings.client_secret_file is not None:
            try:
                self._secret = read_text(settings.client_secret_file).strip()
            except OSError as error:
                raise ConfigError(
                    f"{settings.client_secret_file} cannot be read: {reason_of(error)}"
                ) from error

    def address(self, back: str, state: str, nonce: str, verifier: str) -> str:
        """Where a browser is sent to log in.

        Args:
            back: Address to which the provider sends it back.
            state: Comes back with it.
            nonce: Comes back in the ID token.
            verifier: Whose hash is sent; who has the code needs the verifier too.

        Raises:
            StoreUnavailable: If the provider does not answer.
        """
        with self._client(back) as client:
            address, _ = client.create_authorization_url(
                self._endpoints().authorization, state=state, nonce=nonce, code_verifier=verifier
            )
        return str(address)

    def claims(self, back: str, code: str, nonce: str, verifier: str) -> Mapping[str, Any]:
        """What the provider says of whoever has logged in.

        Args:
            back: As it was said to the provider.
            code: That it sent.
            nonce: That the ID token must hold.
            verifier: Whose hash the provider has.

        Raises:
            StoreUnavailable: If the provider does not answer.
            ConfigError: If it refuses, or its token is not good.
        """
        endpoints = self._endpoints()
        try:
            with self._client(back) as client:
                token = client.fetch_token(endpoints.token, code=code, code_verifier=verifier)
            keys = KeySet.import_key_set(cast(KeySetSerialization, self._read(endpoints.keys)))
            signed = jwt.decode(str(token.get("id_token", "")), keys, algorithms=_ALGORITHMS)
            registry = jwt.JWTClaimsRegistry(
                leeway=_LEEWAY,
                iss={"essential": True, "value": self._settings.issuer},
                aud={"essential": True, "value": self._settings.client_id},
                exp={"essential": True},
                iat={"essential": True},
                sub={"essential": True},
                nonce={"essential": True, "value": nonce},
            )
            registry.validate(signed.claims)
        except httpx.HTTPError as error:
            raise _unreachable(error) from error
        except (OAuthError, JoseError, ValueError) as error:
            raise ConfigError(
                f"the provider did not vouch for you ({type(error).__name__}): log in again"
            ) from error
        return dict(signed.claims)

    def _client(self, back: str) -> Any:  # noqa: ANN401  (the library has no types)
        return _CLIENT(
            self._settings.client_id,
            self._secret,
            scope=self._settings.scope,
            redirect_uri=back,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if self._secret else "none",
            timeout=_PATIENCE,
            trust_env=False,
        )

    def _endpoints(self) -> _Endpoints:
        issuer = self._settings.issuer
        said = self._read(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        try:
            if said["issuer"] != issuer:
                raise ConfigError(f"the provider is not {issuer}: check oidc.issuer")
            return _Endpoints(
                said["authorization_endpoint"], said["token_endpoint"], said["jwks_uri"]
            )
        except KeyError as error:
            raise ConfigError(f"the provider {issuer} says no {error}: check oidc.issuer") from None

    def _read(self, address: str) -> dict[str, Any]:
        try:
            answer = httpx.get(address, timeout=_PATIENCE, trust_env=False).raise_for_status()
            if len(answer.content) > _MOST_BYTES:
                raise ConfigError("the provider's answer is too long: check oidc.issuer")
            values = json.loads(answer.content)
        except httpx.HTTPError as error:
            raise _unreachable(error) from error
        except ValueError as error:
            raise ConfigError("the provider's answer is no JSON: check oidc.issuer") from error
        if not isinstance(values, dict):
            raise ConfigError("the provider's answer is no JSON object: check oidc.issuer")
        return values


def _unreachable(error: httpx.HTTPError) -> StoreUnavailable:
    return StoreUnavailable(f"the provider does not answer ({type(error).__name__}): try again")
