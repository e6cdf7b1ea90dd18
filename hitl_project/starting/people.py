"""The guide's third step: people invited by links, and whether whoever sets up reviews as well."""

from __future__ import annotations

from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from audit import trail
from hitl_project.accounts.invitations import invite
from hitl_project.starting import steps
from hitl_project.starting.forms import MOST_PEOPLE, PersonForm
from hitl_project.starting.views import guided, page
from routing.models import ItemType

ADDS = "auth.add_user"
CHANGES = "auth.change_user"
MADE = "start-links"  # in the session: links of who was invited just now, shown once


@never_cache
@require_http_methods(["GET", "POST"])
@permission_required(ADDS, raise_exception=True)
@guided
def people(request: HttpRequest, item_type: ItemType) -> HttpResponse:
    """Invite people, each of whom gets a link; or join the reviewers oneself."""
    here = HttpResponseRedirect(reverse("admin:start_people", args=[item_type.pk]))
    if request.POST.get("do") == "join":
        if not request.user.has_perm(CHANGES):
            raise PermissionDenied
        join(request.user, steps.queue_of(item_type).group)
        return here
    groups = steps.groups_of(item_type)
    sent = request.POST if request.method == "POST" else None
    forms = [PersonForm(groups, sent, prefix=f"person-{n}") for n in range(MOST_PEOPLE)]
    if sent is not None and all(form.is_valid() for form in forms) and (made := _invited(request, forms)):
        request.session[MADE] = made
        return here
    links = [
        {"name": name, "link": request.build_absolute_uri(link)}
        for name, link in request.session.pop(MADE, [])
    ]
    return page(request, "people", item_type, 3, forms=forms, links=links)


@transaction.atomic
def join(user: User, group: Group) -> None:
    """Make somebody a member of a group; nothing where they are."""
    if user.groups.filter(pk=group.pk).exists():
        return
    before = sorted(user.groups.values_list("name", flat=True))
    user.groups.add(group)
    after = sorted({*before, group.name})
    trail.record("user.regrouped", user, by=user, before=before, after=after)


def _invited(request: HttpRequest, forms: list[PersonForm]) -> list[tuple[str, str]]:
    """Return name and link of each who was named; all or, where one can't be, nobody."""
    named = [form for form in forms if form.cleaned_data["username"]]
    if not named:
        forms[0].add_error("username", "Name somebody.")
        return []
    made = []
    with transaction.atomic():
        for form in named:
            said = form.cleaned_data
            try:
                link = invite(said["username"], said["email"], [said["group"]], by=request.user)
            except ValueError as error:
                form.add_error("username", str(error))
                transaction.set_rollback(True)
                return []
            made.append((said["username"], link))
    return made
