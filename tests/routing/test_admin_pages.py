"""Pages beside an item type's form: who opens them and how they are linked; the acts of an item's page."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from routing.admin import pages
from routing.models import Item
from tests import factories
from tests.people import signed_in
from tests.routing import looked

pytestmark = pytest.mark.django_db
NAMES = [one.name for one in pages.PAGES if ".view_" in one.right]  # to read; the others change something


@pytest.fixture
def made():
    return factories.item_type()


@pytest.fixture
def item(made):
    decided = factories.submit(0.85)
    looked.decided(decided, by="user:edgar", label="negative")
    return decided


def url(name, made):
    return reverse(f"admin:routing_itemtype_{name}", args=[made.pk])


@pytest.mark.parametrize(
    ("role", "status"), [("admins", 200), ("leads", 200), ("compliance", 200), ("reviewers", 302)]
)
def test_who_works_in_the_admin_opens_every_page_of_an_item_type(made, role, status):
    client = signed_in(role)
    assert {name: client.get(url(name, made)).status_code for name in NAMES} == dict.fromkeys(NAMES, status)


@pytest.mark.parametrize(("role", "status"), [("admins", 200), ("leads", 403)])
def test_a_page_that_changes_something_opens_to_who_may(made, role, status):
    acting = [one for one in pages.PAGES if one.name not in NAMES]
    client = signed_in(role)
    assert {one.name: client.get(url(one.name, made)).status_code for one in acting} == {"a2i": status}


@pytest.mark.parametrize("name", ["change", *NAMES])
def test_each_page_leads_to_all_others_and_says_where_one_is(made, name):
    text = signed_in("leads").get(url(name, made)).content.decode()
    links = text.partition('class="item-type-pages"')[2].partition("</nav>")[0]
    assert [links.count(f'href="{url(one, made)}"') for one in NAMES] == [1] * len(NAMES)
    here = f'<a href="{url(name, made)}" aria-current="page">'
    assert (links.count("aria-current"), links.count(here)) == ((0, 0) if name == "change" else (1, 1))


def test_pages_come_by_what_they_are_about(made):
    shown = signed_in("leads").get(url("change", made)).context["pages"]
    assert list(dict.fromkeys(one.about for one in shown)) == ["Routing", "Learning", "People", "Answers"]


@pytest.mark.parametrize(("role", "acts"), [("leads", 3), ("admins", 3), ("compliance", 0)])
def test_an_item_offers_its_acts_to_who_may_do_them(item, role, acts):
    text = signed_in(role).get(reverse("admin:routing_item_change", args=[item.pk])).content.decode()
    assert text.count('form="acts-form"') == acts


def test_an_act_on_an_item_leads_to_that_item_in_the_list(item):
    client = signed_in("leads")
    page = client.get(reverse("admin:routing_item_change", args=[item.pk])).content.decode()
    address = page.partition('<form method="post" action="/admin/routing/item/?')[2].partition('"')[0]
    listed = f"{reverse('admin:routing_item_changelist')}?{address}"
    answer = client.post(listed, {"action": "use", "_selected_action": [item.pk]})
    assert [str(one) for one in get_messages(answer.wsgi_request)] == [
        "1 item will be asked as known questions."
    ]
    assert (Item.objects.get().known, answer.url) == (True, listed)
    assert [row.pk for row in client.get(listed).context["cl"].result_list] == [item.pk]


@pytest.mark.parametrize(
    ("known", "says", "offers"),
    [
        (None, "where people settled it", ["ask_opinions", "use", "refuse"]),
        (True, "yes, a lead said so", ["ask_opinions", "refuse", "leave"]),
        (False, "never, a lead said so", ["ask_opinions", "use", "leave"]),
    ],
)
def test_an_item_says_whether_it_is_asked_as_a_known_question(item, known, says, offers):
    Item.objects.update(known=known)
    page = signed_in("leads").get(reverse("admin:routing_item_change", args=[item.pk])).content.decode()
    assert says in page
    acts = ("ask_opinions", "use", "refuse", "leave")
    assert [act for act in acts if f'name="action" value="{act}"' in page] == offers


LISTS = {
    "routing_correction": "A person was sure",
    "routing_assignment": "one person’s look",
    "routing_reviewer": "Limits of single people",
    "labeling_label": "by what kind of look",
    "labeling_review": "What one person did",
    "labeling_reviewsession": "One sitting",
    "labeling_productionfeedback": "What clients learnt",
    "labeling_goldenexample": "kept to teach",
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_says_what_one_of_its_rows_is(name):
    assert LISTS[name] in signed_in("leads").get(reverse(f"admin:{name}_changelist")).content.decode()
