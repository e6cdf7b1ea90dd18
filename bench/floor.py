"""The floor: the least that Django, DRF and PostgreSQL can do for one insert and one claim."""

import json

from django.db import connection
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

TABLE = """
CREATE TABLE floor_item (
    id bigserial PRIMARY KEY, ref text UNIQUE, payload jsonb NOT NULL, priority int NOT NULL,
    user_id int, leased_until timestamptz, created_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX ON floor_item (priority DESC, id) WHERE leased_until IS NULL;
CREATE INDEX ON floor_item (created_at);
"""
FILL = """
INSERT INTO floor_item (ref, payload, priority)
SELECT 'old-' || n, jsonb_build_object('text', repeat('x', 900)), n %% 4 FROM generate_series(1, %s::int) n
"""
CLAIM = """
UPDATE floor_item SET user_id = 1, leased_until = now() + interval '10 minutes'
WHERE id = (SELECT id FROM floor_item WHERE leased_until IS NULL
            ORDER BY priority DESC, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, ref, payload
"""


class Bare(APIView):
    """A view without authentication, validation or anything else."""

    authentication_classes: list = []
    permission_classes: list = []


class Insert(Bare):
    def post(self, request: Request) -> Response:
        """Insert one row, or one for each element of an array in one statement."""
        bodies = request.data if isinstance(request.data, list) else [request.data]
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO floor_item (ref, payload, priority) "
                "SELECT * FROM unnest(%s::text[], %s::jsonb[], %s::int[]) RETURNING id",
                [
                    [body["item_ref"] for body in bodies],
                    [json.dumps(body["payload"]) for body in bodies],
                    [1] * len(bodies),
                ],
            )
            return Response({"ids": [row[0] for row in cursor.fetchall()]}, status=201)


class Claim(Bare):
    def post(self, request: Request) -> Response:
        """Take the next row with SKIP LOCKED."""
        with connection.cursor() as cursor:
            cursor.execute(CLAIM)
            row = cursor.fetchone()
        return Response({"id": row[0], "ref": row[1], "payload": row[2]})


class Submit(Bare):
    def post(self, request: Request, pk: int) -> Response:
        """Store an answer in the row."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE floor_item SET payload = payload || %s WHERE id = %s AND user_id = 1",
                [json.dumps(request.data), pk],
            )
        return Response({"id": pk})


urlpatterns = [
    path("floor/items/", Insert.as_view()),
    path("floor/claim/", Claim.as_view()),
    path("floor/<int:pk>/submit/", Submit.as_view()),
]
