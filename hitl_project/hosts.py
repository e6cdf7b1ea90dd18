"""Under which names we answer: ALLOWED_HOSTS, and any where orchestrators and Prometheus ask."""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.common import CommonMiddleware

# Kubernetes probes a pod by its number, which nobody can list beforehand. The answers name no host.
PROBES = frozenset({"/health", "/ready", "/metrics"})


class HostMiddleware(CommonMiddleware):
    """Django's own, which refuses a name that is not ours, except at the addresses for machines."""

    def process_request(self, request: HttpRequest) -> HttpResponseBase | None:
        """Return a redirect or nothing; raise DisallowedHost where the name is not ours."""
        if request.path_info in PROBES:
            return None
        return super().process_request(request)
