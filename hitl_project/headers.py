"""What browsers may do with our pages, beyond the policy of settings.py that django-csp writes.

Pages that show no item keep to images of this server; what is no page at all may load nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from csp.constants import HEADER, SELF
from django.http import HttpRequest, HttpResponse

# Where pictures of items, named by clients, are shown.
SHOW_ITEMS = ("/review/", "/appeal/", "/compliance/", "/admin/")
NOTHING = "default-src 'none'; frame-ancestors 'none'; sandbox"
UNUSED = (
    "accelerometer autoplay camera display-capture encrypted-media fullscreen geolocation gyroscope hid "
    "idle-detection magnetometer microphone midi payment picture-in-picture publickey-credentials-get "
    "screen-wake-lock serial usb xr-spatial-tracking"
)
PERMISSIONS = ", ".join(f"{one}=()" for one in UNUSED.split())


class HeadersMiddleware:
    """Set what a browser may do with an answer, by what the answer is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault(HEADER, NOTHING)
            return response
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if not request.path.startswith(SHOW_ITEMS):
            response._csp_replace = {
                "img-src": [SELF, "data:"],
                **(getattr(response, "_csp_replace", None) or {}),
            }
        return response
