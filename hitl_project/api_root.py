"""The API's documents, and the answer to an address that it does not have."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.status import HTTP_404_NOT_FOUND

from routing.wire import dump

SLASH = "There is no such address; the API's addresses end with a slash."
UNKNOWN = "There is no such address; /api/docs/ lists all."


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
