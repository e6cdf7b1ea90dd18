"""What the API's document says of every operation alike: how it may fail."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse
from drf_standardized_errors.openapi import AutoSchema as Standardized

from routing.failures import FAILURES


class AutoSchema(Standardized):
    """The library guesses from its fields how an operation may fail; any of ours may in every way."""

    def _should_add_error_response(self, responses: dict[str, Any], status_code: str) -> bool:
        return status_code not in responses

    def _get_response_for_code(self, serializer: Any, status_code: str, *args: Any, **more: Any) -> Any:
        # The library's own answers come with an example of each code; an extra error is a bare serializer.
        if status_code in FAILURES and not isinstance(serializer, OpenApiResponse):
            serializer = OpenApiResponse(serializer, FAILURES[status_code])
        return super()._get_response_for_code(serializer, status_code, *args, **more)
