"""Who may open and do what: every address and method is tried by every role, by keys, and by strangers.

An address that no table here names fails: whoever adds one says who may open it. The rows of the world that
is walked are of an item type with a team; the last two people, and the last key, are outside it.
"""

import re

import pytest
from django.contrib import admin
from django.db import transaction
from django.urls import URLResolver, get_resolver

from tests import everything

pytestmark = pytest.mark.django_db

PEOPLE = [
    "stranger",
    "reviewer",
    "expert",
    "client",
    "lead",
    "compliance",
    "admin",
    "other_lead",
    "other_admin",
]
KEYS = ["client key", "metrics key", "other key"]
# y: allowed, also where what was sent makes no sense; n: refused; s: sent to sign in; 0: not there for them;
# >: sent to where they belong. The columns are those of PEOPLE.
AREAS = {
    #                   str rev exp cli lea com adm o-l o-a
    "public":          "y   y   y   y   y   y   y   y   y",
    "missing":         "0   0   0   0   0   0   0   0   0",
    "signed in":       "s   y   y   y   y   y   y   y   y",
    "figures":         "s   n   n   n   y   y   y   y   y",
    "their queues":    "s   y   y   n   n   n   n   n   n",
    "their seats":     "s   0   0   0   0   0   0   0   0",
    "the book":        "s   n   n   n   n   y   y   n   y",
    "the whole book":  "s   n   n   n   n   y   y   n   n",
    "a lost bundle":   "s   n   n   n   n   0   0   n   n",
    "item's story":    "s   n   n   n   n   y   y   n   0",
    "own searches":    "s   n   n   n   n   y   0   n   n",
    "erase":           "s   n   n   n   n   y   y   n   y",
    "set targets":     "s   n   n   n   n   n   y   n   y",
    "admin":           "s   n   n   n   y   y   y   y   y",
    "admin, nothing":  "s   n   n   n   0   0   0   0   0",
    "see":             "s   n   n   n   y   y   y   y   y",
    "see a team's":    "s   n   n   n   y   y   y   0   0",
    "see the server":  "s   n   n   n   n   y   y   n   y",
    "steer":           "s   n   n   n   y   n   y   y   y",
    "steer a team's":  "s   n   n   n   y   n   y   0   0",
    "set up":          "s   n   n   n   n   n   y   n   y",
    "set up a team's": "s   n   n   n   n   n   y   n   0",
    "set up, nothing": "s   n   n   n   n   n   0   n   0",
    "nobody":          "s   n   n   n   n   n   n   n   n",
}  # fmt: skip
# The API, also by keys: of a client, with metrics:read alone, and of a client for other item types alone.
API = {
    #                   str rev exp cli lea com adm o-l o-a cli met oth
    "items:read":      "n   n   n   y   y   y   y   y   y   y   n   y",
    "a team's item":   "n   n   n   y   y   y   y   0   0   y   n   0",
    "no approval":     "n   n   n   0   0   0   0   0   0   0   n   0",
    "items:write":     "n   n   n   y   n   n   y   n   y   y   n   y",
    "write to a team's": "n n   n   y   n   n   y   n   0   y   n   0",
    "items:erase":     "n   n   n   n   n   y   y   n   y   n   n   n",
    "a team's erasure": "n  n   n   n   n   y   y   n   0   n   n   n",
    "reviews:write":   "n   y   y   n   y   n   n   y   n   n   n   n",
    "labels:read":     "n   n   n   n   y   y   y   y   y   n   n   n",
    "labels:train":    "n   n   n   n   y   y   y   y   y   n   n   n",
    "labels:write":    "n   n   n   n   y   n   y   y   y   n   n   n",
    "models:read":     "n   n   n   n   y   y   y   y   y   n   n   n",
    "a team's model":  "n   n   n   n   y   y   y   0   0   n   n   n",
    "models:write":    "n   n   n   n   n   n   y   n   y   n   n   n",
    "move a team's model": "n n n   n   n   n   y   n   0   n   n   n",
    "audit:read":      "n   n   n   n   n   y   y   n   y   n   n   n",
    "a team's story":  "n   n   n   n   n   y   y   n   0   n   n   n",
    "the whole trail": "n   n   n   n   n   y   y   n   n   n   n   n",
    "a lost bundle":   "n   n   n   n   n   0   0   n   n   n   n   n",
    "metrics:read":    "n   n   n   n   y   y   y   y   y   n   y   n",
    "all figures":     "n   n   n   n   y   y   y   n   n   n   y   n",
    "public":          "y   y   y   y   y   y   y   y   y   y   y   y",
    "missing":         "0   0   0   0   0   0   0   0   0   0   0   0",
}  # fmt: skip
# Address: the area of its GET, and that of its POST; None where it has no such method.
PAGES = {
    "": ("signed in", None),
    "analytics/": ("figures", None),
    "analytics/figures.csv": ("figures", None),
    "health": ("public", None),
    "ready": ("public", None),
    "accounts/login/": ("public", None),
    "accounts/logout/": (None, "public"),
    "accounts/": ("signed in", None),
    "accounts/code/": ("public", "public"),
    "accounts/password/": ("signed in", "signed in"),
    "accounts/second/": ("signed in", "signed in"),
    "accounts/second/codes/": (None, "signed in"),
    "accounts/second/off/": (None, "signed in"),
    "accounts/sessions/end/": (None, "signed in"),
    "accounts/invited/<str:token>/": ("public", "public"),
    "accounts/provider/": ("missing", None),
    "accounts/provider/back/": ("missing", None),
    "accounts/provider/link/": ("missing", "missing"),
    "accounts/provider/out/": ("missing", None),
    "appeal/<str:token>/": ("public", "public"),
    "targets/": ("figures", None),
    "targets/<slug:metric>/": ("set targets", "set targets"),
    "review/": ("their queues", None),
    "review/work/": ("their queues", None),
    "review/waiting/": ("signed in", None),
    "review/ahead/": ("signed in", None),
    "review/sitting/": ("signed in", None),
    "review/sitting/end/": (None, "signed in"),
    "review/pause/": (None, "signed in"),
    "review/again/": (None, "signed in"),
    "review/keys/": ("signed in", "signed in"),
    "review/undo/": (None, "signed in"),
    "review/seats/<seat:seat_id>/": (None, "signed in"),
    "review/seats/<seat:seat_id>/correct/": (None, "signed in"),
    "review/seats/<seat:seat_id>/alike/": ("signed in", None),
    "review/seats/<seat:seat_id>/skip/": (None, "signed in"),
    "review/seats/<seat:seat_id>/renew/": (None, "signed in"),
    "review/seats/<seat:seat_id>/release/": (None, "signed in"),
    "compliance/": ("the book", None),
    "compliance/items/": ("the book", None),
    "compliance/items/<uuid:item_id>/": ("item's story", None),
    "compliance/bundles/": ("the whole book", "the whole book"),
    "compliance/bundles/verify_bundle.py": ("the book", None),
    "compliance/bundles/<int:pk>/": ("the whole book", None),
    "compliance/bundles/<int:pk>/file/": ("a lost bundle", None),
    "compliance/erasures/": ("the book", "erase"),
    "compliance/erasures/act/": (None, "erase"),
    "compliance/erasures/lift/": (None, "erase"),
    "compliance/events/": ("the whole book", None),
    "compliance/events/<int:event_id>/": ("the whole book", None),
    "compliance/events/download.<slug:form>": ("the whole book", None),
    "compliance/checking/": ("the book", None),
    "compliance/checking/begin/": (None, "the book"),
    "compliance/checking/sign/": (None, "the book"),
    "compliance/checking/checkpoints.jsonl": ("the book", None),
    "compliance/filters/": ("the whole book", None),
    "compliance/filters/add/": (None, "the whole book"),
    "compliance/filters/<int:filter_id>/": (None, "own searches"),
    "compliance/filters/<int:filter_id>/delete/": (None, "own searches"),
    "compliance/people/": ("the whole book", None),
    "compliance/people/<path:name>/": ("the whole book", None),
    "admin/": ("admin", None),
    "admin/login/": ("admin", None),
    "admin/logout/": (None, "public"),
    "admin/password_change/": ("admin", "admin"),
    "admin/password_change/done/": ("admin", None),
    "admin/autocomplete/": ("see", None),
    "admin/jsi18n/": ("admin", None),
    "admin/r/<path:content_type_id>/<path:object_id>/": ("admin, nothing", None),
    "admin/^(?P<app_label>audit|auth|routing|labeling|learning|django_q|axes)/$": ("see", None),
    "admin/(?P<url>.*)$": ("admin, nothing", None),
    "admin/auth/user/<id>/password/": ("set up", "set up"),
    "admin/auth/user/<int:pk>/access/": ("set up", "set up"),
    "admin/auth/user/invite/": ("set up", "set up"),
    "admin/start/": ("set up", None),
    "admin/start/later/": (None, "set up"),
    "admin/start/new/": ("set up", None),
    "admin/start/new/<slug:preset>/": ("set up, nothing", "set up, nothing"),
    "admin/start/<int:pk>/": ("set up a team's", None),
    "admin/start/<int:pk>/data/": ("set up a team's", "set up a team's"),
    "admin/start/<int:pk>/data/<uuid:run>/": ("set up, nothing", "set up, nothing"),
    "admin/start/<int:pk>/people/": ("set up a team's", "set up a team's"),
    "admin/routing/rule/check/": (None, "set up"),
    "admin/routing/rule/help/": ("set up", None),
    "admin/routing/delivery/test/": ("set up", "set up"),
    "admin/routing/itemtype/presets/": ("set up", "set up"),
    "admin/routing/itemtype/<int:pk>/publish/": ("set up a team's", "set up a team's"),
    "admin/routing/itemtype/<int:pk>/backtest/": ("see a team's", None),
    "admin/routing/itemtype/<int:pk>/certificate/": ("see a team's", None),
    "admin/routing/itemtype/<int:pk>/economics/": ("see a team's", None),
    "admin/routing/itemtype/<int:pk>/rules/": ("see a team's", None),
    "admin/routing/itemtype/<int:pk>/a2i/": ("set up a team's", "set up a team's"),
    "admin/routing/itemtype/<int:pk>/agreement/": ("see a team's", None),
    "admin/routing/itemtype/<int:pk>/data/": ("see a team's", "steer a team's"),
    "admin/routing/itemtype/<int:pk>/feedback/": ("see a team's", None),
    "admin/routing/itemtype/<int:pk>/golden/": ("see a team's", "steer a team's"),
    "admin/routing/itemtype/<int:pk>/guidelines/": ("see a team's", None),
    "admin/routing/itemtype/<int:pk>/influence/": ("see a team's", None),
    "admin/routing/itemtype/<int:pk>/people/": ("see a team's", None),
    "admin/routing/itemtype/<int:pk>/drift/": ("see a team's", None),
    "admin/routing/itemtype/<int:pk>/models/": ("see a team's", None),
    "admin/routing/itemtype/<int:pk>/learning/": ("see a team's", None),
    "admin/routing/itemtype/<int:pk>/runs/": ("see a team's", "set up a team's"),
    "admin/routing/policy/<int:pk>/republish/": ("set up a team's", "set up a team's"),
    "admin/routing/proposal/<int:pk>/approve/": ("set up a team's", "set up a team's"),
    "admin/routing/proposal/<int:pk>/refuse/": ("set up a team's", "set up a team's"),
    "admin/routing/queue/<int:pk>/staffing/": ("see", None),
    "admin/routing/reviewer/<int:pk>/pause/": ("steer", "steer"),
    "admin/routing/reviewer/<int:pk>/resume/": ("steer", "steer"),
    "admin/learning/modelversion/<int:pk>/promote/": ("set up a team's", "set up a team's"),
    "admin/learning/modelversion/<int:pk>/retire/": ("set up a team's", "set up a team's"),
    "admin/learning/modelversion/<int:pk>/note/": (None, "set up a team's"),
    "admin/learning/modelversion/<int:pk>/compare/": ("see a team's", None),
}
# Table: who sees its rows, who adds one, who changes and who deletes one in the admin.
TABLES = {
    "routing.itemtype": ("see a team's", "set up", "set up a team's", "nobody"),
    "routing.rule": ("see a team's", "set up", "set up a team's", "set up a team's"),
    "routing.policy": ("see a team's", "nobody", "nobody", "nobody"),
    "routing.proposal": ("see a team's", "nobody", "nobody", "nobody"),
    "routing.certification": ("see a team's", "nobody", "nobody", "nobody"),
    "routing.correction": ("see a team's", "nobody", "nobody", "nobody"),
    "routing.item": ("see a team's", "nobody", "nobody", "nobody"),
    "routing.delivery": ("see a team's", "nobody", "nobody", "nobody"),
    "routing.endpoint": ("see the server", "set up", "set up", "nobody"),
    "routing.assignment": ("see a team's", "nobody", "nobody", "nobody"),
    "routing.queue": ("see", "set up", "steer", "set up"),
    "routing.reviewer": ("see", "steer", "steer", "steer"),
    "labeling.appeal": ("see a team's", "nobody", "nobody", "nobody"),
    "labeling.productionfeedback": ("see a team's", "nobody", "nobody", "nobody"),
    "labeling.flag": ("see a team's", "nobody", "nobody", "nobody"),
    "labeling.goldenexample": ("see a team's", "nobody", "nobody", "nobody"),
    "labeling.review": ("see a team's", "nobody", "nobody", "nobody"),
    "labeling.label": ("see a team's", "nobody", "nobody", "nobody"),
    "labeling.reviewsession": ("see", "nobody", "nobody", "nobody"),
    "learning.modelversion": ("see a team's", "nobody", "nobody", "nobody"),
    "learning.trainingrun": ("see a team's", "nobody", "nobody", "nobody"),
    "learning.samplingrun": ("see a team's", "nobody", "nobody", "nobody"),
    "learning.evaluation": ("see a team's", "nobody", "nobody", "nobody"),
    "audit.auditevent": ("the whole book", "nobody", "nobody", "nobody"),
    "audit.seal": ("see the server", "nobody", "nobody", "nobody"),
    "audit.apikey": ("see the server", "set up", "nobody", "nobody"),
    "auth.user": ("see the server", "set up", "set up", "nobody"),
    "auth.group": ("see the server", "set up", "nobody", "nobody"),
    "django_q.success": ("see the server", "nobody", "nobody", "nobody"),
    "django_q.failure": ("see the server", "nobody", "nobody", "nobody"),
    "axes.accessattempt": ("see the server", "nobody", "nobody", "nobody"),
    "axes.accesslog": ("see the server", "nobody", "nobody", "nobody"),
}
ADDRESSES = {
    "metrics": ("all figures", None),
    "api/schema/": ("public", None),
    "api/docs/": ("public", None),
    "^api/": ("missing", "missing"),
    "items/": ("items:read", "items:write"),
    "items/<uuid:item_id>/": ("a team's item", None),
    "items/<uuid:item_id>/trail/": ("a team's item", None),
    "items/<uuid:item_id>/replay/": ("a team's item", None),
    "items/<uuid:item_id>/workflow/": ("a team's item", None),
    "items/<uuid:item_id>/story/": ("a team's story", None),
    "items/<uuid:item_id>/opinions/": (None, "write to a team's"),
    "agents/approvals/": (None, "items:write"),
    "agents/approvals/<uuid:item_id>/": ("no approval", None),
    "items/<uuid:item_id>/appeal/": (None, "write to a team's"),
    "items/<uuid:item_id>/appeal-link/": ("a team's item", None),
    "appeals/": ("items:read", None),
    "appeals/<int:appeal_id>/": ("a team's item", None),
    "appeals/<int:appeal_id>/withdraw/": (None, "write to a team's"),
    "erasures/": ("items:erase", "items:erase"),
    "erasures/<int:erasure_id>/": ("a team's erasure", None),
    "holds/": ("items:erase", "items:erase"),
    "holds/<int:hold_id>/lift/": (None, "a team's erasure"),
    "assignments/": ("reviews:write", None),
    "assignments/claim/": (None, "reviews:write"),
    "assignments/<seat:seat_id>/submit/": (None, "reviews:write"),
    "assignments/<seat:seat_id>/correct/": (None, "reviews:write"),
    "assignments/<seat:seat_id>/alike/": ("reviews:write", None),
    "assignments/<seat:seat_id>/renew/": (None, "reviews:write"),
    "assignments/<seat:seat_id>/release/": (None, "reviews:write"),
    "sitting/": ("reviews:write", None),
    "sitting/end/": (None, "reviews:write"),
    "labels/": ("labels:read", "labels:write"),
    "exports/<str:name>/": ("labels:train", None),
    "golden/": ("labels:read", None),
    "golden/similar/": (None, "labels:read"),
    "feedback/": ("labels:read", "items:write"),
    "feedback/analytics/": ("metrics:read", None),
    "decisions/": ("labels:read", None),
    "agreement/": ("metrics:read", "labels:write"),
    "metrics/": ("metrics:read", None),
    "targets/": ("metrics:read", None),
    "predict/": (None, "models:read"),
    "models/": ("models:read", "models:write"),
    "models/<int:pk>/": ("a team's model", None),
    "models/<int:pk>/compare/": ("a team's model", None),
    "models/<int:pk>/exam/": ("move a team's model", "move a team's model"),
    "models/<int:pk>/promote/": (None, "move a team's model"),
    "models/<int:pk>/retire/": (None, "move a team's model"),
    "drift/": ("models:read", None),
    "proofs/": ("models:read", None),
    "runs/": ("models:read", None),
    "runs/<slug:name>/cancel/": (None, "move a team's model"),
    "suggestions/": ("models:read", None),
    "audit/verify/": ("audit:read", "audit:read"),
    "audit/checkpoints/": ("audit:read", "audit:read"),
    "audit/events/": ("the whole trail", None),
    "audit/bundles/": ("the whole trail", "the whole trail"),
    "audit/bundles/<int:pk>/": ("the whole trail", None),
    "audit/bundles/<int:pk>/file/": ("a lost bundle", None),
}
NAMES = {name.partition(".")[2] for name in TABLES}
HIDDEN = everything.HIDDEN.encode()
OUTSIDE = ("other_lead", "other_admin", "other key")
ADMIN = re.compile(r"admin/(\w+)/(\w+)/(add/|<path:object_id>/(?:(?:history|delete|change)/)?)?$")
# What an address can't do without.
ASKED = {
    "admin/autocomplete/": "?app_label=routing&model_name=rule&field_name=item_type",
    "api/v1/models/<int:pk>/compare/": "?with={pk}",
}
# Who has no right in the admin, or sees fewer rows of it, is not sent to every page of every table.
NO_RIGHTS = dict.fromkeys(("reviewer", "expert", "client"), "group/")
TRIED = NO_RIGHTS | dict.fromkeys(("other_lead", "other_admin"), ("change/", *(f"{one}/" for one in NAMES)))
SHOWN = ("appeal/<str:token>/",)  # to whoever has the link
UNSAFE_NONSENSE = (400, 405, 409, 415)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Return everything, stored once for all that is asked here and taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield everything.build()
        transaction.set_rollback(True)


def addresses(patterns=None, before=""):
    """Yield each address of the server as its patterns write it, with its view."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, route)
        else:
            yield route, one.callback


def of_api(route):
    return route.startswith(("api/", "^api/")) or route == "metrics"


def cases(*, api):
    """Return (address, method, area) of all that is to be tried; KeyError for what no table names."""
    found = []
    for route, _ in addresses():
        if of_api(route) is api:
            areas = ADDRESSES[route.removeprefix("api/v1/")] if api else page_areas(route)
            found += [
                (route, method, area) for method, area in zip(("GET", "POST"), areas, strict=True) if area
            ]
    return found


def page_areas(route):
    table = ADMIN.match(route)
    if table is None or route in PAGES:
        return PAGES[route]
    app, model, rest = table.groups()
    see, add, change, delete = TABLES[f"{app}.{model}"]
    parts = {
        None: ("see" if see == "see a team's" else see, None),  # a list that is empty for some
        "add/": (add, add),
        "<path:object_id>/change/": (see, change),
        "<path:object_id>/history/": (see, None),
        "<path:object_id>/delete/": (delete, delete),
        "<path:object_id>/": ("admin", None),
    }
    return parts[rest]


def filled(route, world):
    """Return the address with the rows of the world in it; the number 0 where it has none."""
    table = ADMIN.match(route)
    row = world.get(table.group(2)) if table else None
    names = {
        "<uuid:item_id>": world["item"].pk,
        "<str:token>": world["token"],
        "<slug:metric>": "automation_rate",
        "<seat:seat_id>": world["seat"],
        "<int:event_id>": world["auditevent"].pk,
        "<slug:form>": "csv",
        "<path:name>": "client",
        "<str:name>": "jsonl",
        "<slug:name>": f"training-{world['trainingrun'].pk}",
        "<id>": world["user"].pk,
        "<slug:preset>": "nowhere",
        "<uuid:run>": "01900000-0000-7000-8000-000000000000",
        "<path:content_type_id>": 1,
        "<path:object_id>": row.pk if row else 0,
        "^(?P<app_label>audit|auth|routing|labeling|learning|django_q|axes)/$": "routing/",
        "(?P<url>.*)$": "nowhere/",
        "^api/": "api/nowhere/",
    }
    names |= {f"<int:{name}_id>": world[name].pk for name in ("filter", "appeal", "erasure", "hold")}
    tables = {"itemtype", "policy", "proposal", "queue", "reviewer", "modelversion"} & set(route.split("/"))
    owner = next(iter(tables), "bundle" if "bundles" in route else "modelversion")
    owner = "itemtype" if route.startswith("admin/start/") else owner
    names["<int:pk>"] = world["user" if "/user/" in route else owner].pk
    path = re.sub(r"<[^>]+>", lambda found: str(names[found.group()]), route) if "(?P" not in route else route
    for name in ("^(?P", "(?P", "^api/"):
        if name in path:
            path = next(path.replace(one, to) for one, to in names.items() if one in path)
    return f"/{path}{ASKED.get(route, '').format(pk=names['<int:pk>'])}"


def outcome(response):
    """Return the letter of the tables that an answer stands for."""
    if response.status_code in (302, 303):
        to = response["Location"]
        if "/accounts/login/?next=" in to:
            return "s"
        return "0" if to == "/admin/" and response.request["PATH_INFO"] != "/admin/login/" else "y"
    if response.status_code >= 500 and response.status_code != 503:  # which is what /ready says of no worker
        return "broken"
    return {401: "n", 403: "n", 404: "0"}.get(response.status_code, "y")


def differs(wanted, method, response, *, has_row, outside):
    """Return whether an answer is another one than the table says."""
    got = outcome(response)
    if wanted == ">":
        return response.status_code != 302 or response["Location"] != "/review/"
    if got == "0" and (not has_row or (outside and wanted == "n")):
        return False  # what is not there tells even less than what is refused
    if wanted == "y" and got == "0":
        return method == "GET"
    if wanted == "0" and method == "POST" and response.status_code in UNSAFE_NONSENSE:
        return False
    return got != wanted


def walk(world, caller, tables, column, *, api):
    """Try everything as one caller; return what came out otherwise than the tables say, and what leaked."""
    wrong = []
    for route, method, area in cases(api=api):
        if ADMIN.match(route) and not route.endswith(TRIED.get(caller, "")):
            continue
        if area == "nobody" and caller not in ("stranger", "admin"):
            continue  # what admins may not do, nobody may: these rows are facts
        path, wanted = filled(route, world), tables[area].split()[column]
        with transaction.atomic():
            client = world["callers"][caller]()
            response = client.get(path) if method == "GET" else client.post(path, {})
            if response.headers.get("Location", "").startswith("/admin/login/"):
                response = signed_in_or_not(client)
            content = b"".join(response.streaming_content) if response.streaming else response.content
            has_row = not re.search("/0(/|$)", path)
            if differs(wanted, method, response, has_row=has_row, outside=caller in OUTSIDE):
                wrong.append((route, method, wanted, response.status_code))
            if caller in OUTSIDE and route not in SHOWN and HIDDEN in content and response.status_code == 200:
                wrong.append((route, method, "names what is hidden"))
            transaction.set_rollback(True)
    return wrong


def signed_in_or_not(client):
    """Return where the admin's own sign-in page leads: to the one sign-in page, or nowhere."""
    return client.get("/admin/login/")


@pytest.mark.parametrize("caller", PEOPLE)
def test_pages_open_to_whom_the_table_says(world, caller):
    wrong = walk(world, caller, AREAS, PEOPLE.index(caller), api=False)
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("caller", PEOPLE + KEYS)
def test_the_api_answers_whom_the_table_says(world, caller):
    wrong = walk(world, caller, API, (PEOPLE + KEYS).index(caller), api=True)
    assert not wrong, "\n".join(map(str, wrong))


def test_each_table_of_the_admin_is_named():
    assert sorted(model._meta.label_lower for model in admin.site._registry) == sorted(TABLES)


def test_the_tables_name_no_address_that_is_not_there():
    routes = {route.removeprefix("api/v1/") if of_api(route) else route for route, _ in addresses()}
    assert sorted({*PAGES, *ADDRESSES} - routes) == []


def test_views_of_the_api_have_no_method_that_the_table_does_not_name():
    more = []
    for route, view in addresses():
        if of_api(route) and hasattr(view, "cls") and route.startswith("api/v1/"):
            get, post = ADDRESSES[route.removeprefix("api/v1/")]
            named = {name for name, area in (("get", get), ("post", post)) if area}
            has = {name for name in ("get", "post", "put", "patch", "delete") if hasattr(view.cls, name)}
            more += [(route, has)] if has != named else []
    assert more == []
