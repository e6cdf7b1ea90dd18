"""What Prometheus reads at `/metrics`: taken from the database at each scrape, so right across processes.

Every process answers with the figures of the whole server: scrape one address, or take `max` and not `sum`.
Labels are never persons or items (INTEROP 5.10): their number is that of item types, queues and views.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from audit.authentication import HasScope
from hitl_project import measures
from routing import counters, teams


class ForScrapers(JSONRenderer):
    """Agree to the text/plain that a scraper asks for; the view writes its answer, a refusal is JSON."""

    media_type = "text/plain"
    format = "txt"


class MayRead(HasScope):
    """Who has metrics:read and may see all item types; with HITL_METRICS_OPEN everybody who can reach it."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Return whether the caller may read the metrics."""
        if settings.HITL_METRICS_OPEN:
            return True
        if not super().has_permission(request, view):
            return False
        self.message = "These figures are of all item types, and you may not see all."
        return teams.sees_all(request)


class Metrics(APIView):
    """The server's metrics in Prometheus' text format."""

    permission_classes: list[type[BasePermission]] = [MayRead]
    required_scopes = "metrics:read"
    renderer_classes = [ForScrapers, JSONRenderer]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        """Return every metric."""
        counters.flush()
        registry = CollectorRegistry()
        registry.register(FromDatabase())
        return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


class FromDatabase(Collector):
    """The rows of a fixed number of statements as metrics."""

    def describe(self) -> Iterable[Metric]:
        """Return nothing: to register is no reason to ask the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Return the metrics as they are now."""
        yield from measures.counted(counters.read())
        yield from measures.standing()
