"""One shape for every error of the API: what the domain raises, said as API.md says it."""

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, InternalError, OperationalError
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from drf_standardized_errors.types import CLIENT_ERROR, VALIDATION_ERROR, Error, ErrorType
from psycopg.errors import ReadOnlySqlTransaction
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, NotAuthenticated, UnsupportedMediaType

from routing.errors import HitlError, Problem

MOST_PROBLEMS = 100  # an answer that lists more helps nobody
# Where the framework says no more than that something is amiss.
REMEDIES = {
    NotAuthenticated: "Send an API key in the header: Authorization: Bearer KEY.",
    UnsupportedMediaType: "Send JSON, with the header Content-Type: application/json.",
}


class Refused(APIException):
    """A refusal of the domain on its way out."""

    def __init__(self, status_code: int, problems: list[Problem]) -> None:
        self.status_code = status_code
        self.problems = problems
        super().__init__(problems[0].detail, problems[0].code)


class Unavailable(APIException):
    """The database is away or overloaded; what was asked may be asked again."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "unavailable"
    default_detail = "The server can't reach its database just now. Send the same again in a few seconds."
    wait = 3  # seconds, told as Retry-After


def passes(error: BaseException | None) -> bool:
    """Return whether the database can't do it just now: away, overloaded, full, or one that is only read.

    A standby is only read, and so is a managed database whose disk is nearly full.
    """
    if isinstance(error, OperationalError | InterfaceError):
        return True
    return isinstance(error, InternalError) and isinstance(error.__cause__, ReadOnlySqlTransaction)


class Handler(ExceptionHandler):
    """Turn the domain's errors, and Django's about too large a body, into answers."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        """Return the exception that answers for `exc`."""
        if isinstance(exc, HitlError):
            return Refused(exc.status, exc.problems)
        if isinstance(exc, RequestDataTooBig):
            detail = "The body is larger than this server takes (setting MAX_BODY_MEGABYTES)."
            return Refused(status.HTTP_413_REQUEST_ENTITY_TOO_LARGE, [Problem(None, "too_large", detail)])
        if passes(exc):
            return Unavailable()
        return super().convert_known_exceptions(exc)


class Formatter(ExceptionFormatter):
    """Write a refusal with all that is wrong."""

    def get_error_type(self) -> ErrorType:
        """Return validation_error for a 400 of the domain, client_error for its other refusals."""
        if isinstance(self.exc, Refused):
            return VALIDATION_ERROR if self.exc.status_code == status.HTTP_400_BAD_REQUEST else CLIENT_ERROR
        return super().get_error_type()

    def get_errors(self) -> list[Error]:
        """Return up to MOST_PROBLEMS errors."""
        if isinstance(self.exc, Refused):
            return [Error(one.code, one.detail, one.attr) for one in self.exc.problems[:MOST_PROBLEMS]]
        if remedy := REMEDIES.get(type(self.exc)):
            return [Error(self.exc.default_code, remedy, None)]
        return super().get_errors()[:MOST_PROBLEMS]


class ErrorDetail(serializers.Serializer):
    """One thing that is wrong."""

    code = serializers.CharField(help_text="A short word for programs.")
    detail = serializers.CharField(help_text="A sentence for people.")
    attr = serializers.CharField(allow_null=True, help_text="The path of the field, where there is one.")


class ErrorAnswer(serializers.Serializer):
    """What every error looks like."""

    type = serializers.ChoiceField(["validation_error", "client_error", "server_error"])
    errors = ErrorDetail(many=True)
