"""OpenID Connect (code flow with PKCE) through Authlib, held to more than its defaults ask.

Authlib checks signature, expiry, nonce and at_hash. Its defaults leave to the provider's own document which
algorithms sign and who the issuer is, and let a token for another audience pass that names us as `azp`; so
issuer, audience and algorithms are given here.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.integrations.django_client import DjangoIntegration, DjangoOAuth2App
from django.conf import settings
from django.http import HttpRequest
from joserfc.errors import JoseError
from requests import RequestException

SIZES = ("256", "384", "512")
ALGORITHMS = {"EdDSA", *(f"{family}{size}" for family in ("RS", "PS", "ES") for size in SIZES)}
LONGEST_SUBJECT = 255  # characters, as OpenID Connect Core 2 limits it
LEEWAY = 60  # seconds that the two clocks may differ
PATIENCE = 10  # seconds for each answer of the provider
DOCUMENT = "/.well-known/openid-configuration"


class Unreachable(Exception):
    """The provider does not answer, or not as OpenID Connect says."""


class Unproven(Exception):
    """What came back does not prove who somebody is; why is for the log, not for whom it says it is."""


def begin(request: HttpRequest, back: str) -> Any:
    """Return a redirect to the provider, who sends people back to `back`. Raises Unreachable."""
    try:
        return _ready().authorize_redirect(request, back)
    except (RequestException, ValueError, RuntimeError, OAuthError) as wrong:
        raise Unreachable(str(wrong)) from wrong


def finish(request: HttpRequest) -> dict[str, Any]:
    """Return the checked claims of who comes back from the provider. Raises Unreachable or Unproven."""
    try:
        app = _ready()
        token = app.authorize_access_token(
            request,
            leeway=LEEWAY,
            claims_options={
                "iss": {"essential": True, "value": app.server_metadata["issuer"]},
                "aud": {"essential": True, "value": settings.HITL_OIDC_CLIENT_ID},
                "sub": {"essential": True},
            },
        )
        claims = dict(token.get("userinfo") or {})
        subject = claims.get("sub")
        if not (isinstance(subject, str) and 0 < len(subject) <= LONGEST_SUBJECT and subject.isprintable()):
            raise Unproven("no id_token, or none with a subject")
        return _with_groups(app, token, claims)
    except RequestException as wrong:
        raise Unreachable(str(wrong)) from wrong
    except (OAuthError, JoseError, ValueError, RuntimeError, KeyError, TypeError) as wrong:
        raise Unproven(f"{type(wrong).__name__}: {wrong}") from wrong


def way_out(home: str) -> str | None:
    """Return where a person signs out at the provider; None where it offers no such place.

    OpenID Connect RP-Initiated Logout 1.0. Raises Unreachable.
    """
    try:
        app = _ready()
        if "end_session_endpoint" not in app.server_metadata:
            return None
        return app.create_logout_url(home, client_id=settings.HITL_OIDC_CLIENT_ID)["url"]
    except (RequestException, ValueError, RuntimeError) as wrong:
        raise Unreachable(str(wrong)) from wrong


def forget() -> None:
    """Drop what is known of the provider, so that its document and keys are read anew."""
    _app.cache_clear()


def _ready() -> DjangoOAuth2App:
    """Return the client, knowing the provider's document, which must be of the issuer that we were told."""
    app = _app(settings.HITL_OIDC_ISSUER, settings.HITL_OIDC_CLIENT_ID, settings.HITL_OIDC_CLIENT_SECRET)
    metadata = app.load_server_metadata()
    said, wanted = str(metadata.get("issuer", "")), settings.HITL_OIDC_ISSUER
    if said.rstrip("/") != wanted.rstrip("/"):
        forget()
        raise RuntimeError(f"The provider at {wanted} says that it is {said}.")
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    metadata["id_token_signing_alg_values_supported"] = [one for one in offered if one in ALGORITHMS]
    return app


@lru_cache(maxsize=1)
def _app(issuer: str, client_id: str, secret: str) -> DjangoOAuth2App:
    return DjangoOAuth2App(
        DjangoIntegration("provider"),
        name="provider",
        client_id=client_id,
        client_secret=secret or None,
        server_metadata_url=issuer.rstrip("/") + DOCUMENT,
        client_kwargs={
            "scope": settings.HITL_OIDC_SCOPES,
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": "client_secret_basic" if secret else "none",
            "default_timeout": PATIENCE,
            "leeway": 0,  # an access token of one minute, used at once, is not too old
        },
    )


def _with_groups(app: DjangoOAuth2App, token: dict[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
    """Return the claims, with those of the userinfo endpoint where the token itself has no groups."""
    first_step = settings.HITL_OIDC_GROUPS_CLAIM.partition(".")[0]
    known = {settings.HITL_OIDC_GROUPS_CLAIM, first_step} & set(claims)
    if known or "userinfo_endpoint" not in app.server_metadata:
        return claims
    more = dict(app.userinfo(token=token))
    if more.get("sub") != claims["sub"]:  # OpenID Connect Core 5.3.2: else it is about somebody else
        raise Unproven("the userinfo is about another subject")
    return more | claims
