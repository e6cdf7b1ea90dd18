"""The page that verifies the whole book: a button, how far it is, and the verdict in plain words."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from audit import checking, checkpoints, ownership, signing
from audit.chain import Broken
from audit.models import Checkpoint, Verification
from hitl_project import anchoring
from hitl_project.compliance.access import reads_the_book

EARLIER, SIGNED = 10, 10


@require_GET
@reads_the_book
def page(request: HttpRequest) -> HttpResponse:
    """Show what is under way, the last verdict, a failure since, those before, and the last checkpoints."""
    state = checking.state()
    # the progress of one under way stands where the last verdict would
    told = [] if state.running else [one.pk for one in (state.found, state.failed) if one]
    ended = Verification.objects.filter(ended_at__isnull=False).order_by("-id")
    context = {
        "now": timezone.now(),
        "running": _progress(state.running),
        "last": state.found,
        "failed": state.failed,
        "earlier": ended.exclude(pk__in=told)[: EARLIER - 1],
        "checkpoints": Checkpoint.objects.order_by("-seal")[:SIGNED],
        "anchored": anchoring.anchored(),
        "ownership": ownership.state(),
    }
    return render(request, "compliance/checking.html", context)


@require_POST
@reads_the_book
def begin(request: HttpRequest) -> HttpResponse:
    """Ask a worker to verify the book, unless one does so already."""
    checking.begin(by=request.user)
    return redirect("compliance-checking")


@require_POST
@reads_the_book
def sign(request: HttpRequest) -> HttpResponse:
    """Sign a checkpoint now, and say what came of it."""
    try:
        made = anchoring.sign_now(by=request.user)
    except signing.NoKey:
        messages.error(request, "No key is set to sign with. Ask an administrator: docs/trail.md says how.")
    except Broken as broken:
        messages.error(request, f"Not signed, as the book isn’t the one that was signed before: {broken}.")
    else:
        messages.success(
            request, f"Signed up to seal {made.seal}." if made else "All that is sealed is signed."
        )
    return redirect("compliance-checking")


@require_GET
@reads_the_book
def signed(request: HttpRequest) -> HttpResponse:
    """Return all checkpoints as a file, one line of JSON each, as `verify_trail --checkpoint` takes them."""
    rows = Checkpoint.objects.order_by("seal").iterator(chunk_size=2_000)
    lines = (f"{checkpoints.line(one.statement)}\n" for one in rows)
    headers = {"Content-Disposition": 'attachment; filename="checkpoints.jsonl"'}
    return StreamingHttpResponse(lines, content_type="application/x-ndjson", headers=headers)


def _progress(running: Verification | None) -> dict[str, Any] | None:
    """Return how far it is; a book that grew meanwhile is never more than whole."""
    if running is None:
        return None
    return {
        "done": min(running.done, running.total),
        "total": running.total,
        "begun": running.alive_at is not None,
    }
