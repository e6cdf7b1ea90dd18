"""A sign-in provider of our own that can lie: what Canaille, being honest, never does."""

import base64
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = "hitl"
KEY, FORGED = RSAKey.generate_key(2048), RSAKey.generate_key(2048)
KEY.ensure_kid()


class Liar:
    """A provider whose next token says what a test wants it to."""

    def __init__(self):
        self.said, self.sign = {}, signed
        self.document, self.more, self.no_token = {}, {}, False
        self.asked, self.nonces = [], {}
        liar = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                liar.answer(self, {})

            def do_POST(self):
                sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
                liar.answer(self, {name: value[0] for name, value in parse_qs(sent).items()})

            def log_message(self, *args):
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, request, form):
        path = urlsplit(request.path).path
        self.asked.append((path, form))
        body = {
            "/.well-known/openid-configuration": self._document,
            "/keys": lambda: {"keys": [KEY.as_dict(private=False)]},
            "/token": lambda: self._token(form),
            "/me": lambda: {"sub": "u1", **self.more},
        }[path]()
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.end_headers()
        request.wfile.write(json.dumps(body).encode())

    def _document(self):
        paths = {"authorization_endpoint": "/go", "token_endpoint": "/token", "jwks_uri": "/keys"}
        found = {name: self.issuer + path for name, path in paths.items()}
        algorithms = {"id_token_signing_alg_values_supported": ["RS256", "HS256", "none"]}
        return {"issuer": self.issuer, **found, **algorithms, **self.document}

    def _token(self, form):
        token = {"access_token": "a", "token_type": "Bearer", "expires_in": 60}
        if self.no_token:
            return token
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": "u1", "iat": now, "exp": now + 60}
        claims |= {"nonce": self.nonces.get(form.get("code")), "preferred_username": "ursula"} | self.said
        claims = {name: value for name, value in claims.items() if value is not None}
        return token | {"id_token": self.sign(claims)}


def signed(claims, key=KEY):
    """Return the token of these claims as it should be, or signed with another key of the same name."""
    return jwt.encode({"alg": "RS256", "kid": KEY.kid}, claims, key, algorithms=["RS256"])


def forged(claims):
    """Return a token signed with a key that is not the provider's."""
    return signed(claims, FORGED)


def confused(claims):
    """Return a token signed with the provider's public key as if it were a shared secret."""
    text = _parts({"alg": "HS256", "kid": KEY.kid}, claims)
    return f"{text}.{_encoded(hmac.digest(KEY.as_pem(private=False), text.encode(), 'sha256'))}"


def unsigned(claims):
    """Return a token that says it needs no signature."""
    return _parts({"alg": "none"}, claims) + "."


def _parts(header, claims):
    return ".".join(_encoded(json.dumps(part).encode()) for part in (header, claims))


def _encoded(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
