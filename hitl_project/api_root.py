"""The API's documents, and the answer to an address that it does not have."""

from threading import Lock
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.status import HTTP_404_NOT_FOUND

from routing.wire import dump

SLASH = "There is no such address; the API's addresses end with a slash."
UNKNOWN = "There is no such address; /api/docs/ lists all."


class Document(SpectacularAPIView):
    """The OpenAPI document, made once a process and form: it takes a second, and anybody may ask for it."""

    _lock = Lock()  # drf-spectacular finds its extensions as it goes, and fails where two do at once
    _made: dict[str, bytes] = {}

    def _get_schema_response(self, request: Request) -> Any:
        renderer = request.accepted_renderer
        with self._lock:
            if renderer.format not in self._made:
                told = super()._get_schema_response(request)
                self._made[renderer.format] = renderer.render(told.data, renderer.media_type, {})
        answer = HttpResponse(self._made[renderer.format], content_type=renderer.media_type)
        answer["Content-Disposition"] = f'inline; filename="{self._get_filename(request, None)}"'
        return answer


class Docs(SpectacularSwaggerSplitView):
    """The browsable document; its own template has no inline style, which our policy forbids."""

    template_name = "api/docs.html"
    url_name = "api-schema"
    title = "HITL API"


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    """Answer 404 in the API's own shape to every method."""
    detail = UNKNOWN if request.path.endswith("/") else SLASH
    body = {"type": "client_error", "errors": [{"code": "not_found", "detail": detail, "attr": None}]}
    return HttpResponse(dump(body), status=HTTP_404_NOT_FOUND, content_type="application/json")
