"""The page of presets, and the form that each fills in: seen first, saved as seen."""

import pytest
from django.urls import reverse

from routing.models import ItemType, Policy
from routing.presets import PRESETS
from routing.workflows import TEMPLATES
from tests import factories
from tests.people import signed_in

pytestmark = pytest.mark.django_db
PAGE = "admin:routing_itemtype_presets"
ADD = "admin:routing_itemtype_add"


def sent(response):
    """Return what the browser would send of the form and its inlines, as they were filled in."""
    forms = [response.context["adminform"].form]
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    values = {}
    for form in forms:
        for field in form:
            value = form.get_initial_for_field(field.field, field.name)
            value = field.field.prepare_value(value)
            if value is True:
                values[field.html_name] = "on"
            elif value is not None and value is not False:
                values[field.html_name] = value
    return values


def test_the_page_offers_the_presets_a_blank_form_and_the_workflows():
    html = signed_in("admins").get(reverse(PAGE)).content.decode()
    add = reverse(ADD)
    links = [f"{add}?preset={name}" for name in PRESETS] + [f"{add}?workflow={name}" for name in TEMPLATES]
    assert [html.count(f'href="{link}"') for link in links] == [1] * len(links)
    assert f'<h2><a href="{add}?blank=1">Blank</a></h2>' in html


@pytest.mark.parametrize("query", ["", "?_changelist_filters=q%3Da"])
def test_every_link_that_adds_an_item_type_reaches_the_presets_first(query):
    response = signed_in("admins").get(reverse(ADD) + query)
    assert (response.status_code, response.headers["Location"]) == (302, reverse(PAGE))


@pytest.mark.parametrize("query", ["?blank=1", "?_popup=1", "?slug=mine"])
def test_a_blank_form_a_popup_and_a_filled_in_address_are_the_form(query):
    page = signed_in("admins").get(reverse(ADD) + query)
    assert (page.status_code, page.context["preset"]) == (200, None)


def test_who_may_not_add_is_refused_at_every_address():
    lead = signed_in("leads", name="lea")
    urls = [reverse(ADD) + "?blank=1", reverse(ADD), reverse(PAGE)]
    assert [lead.get(url, follow=True).status_code for url in urls] == [403] * 3


def test_the_list_leads_to_the_page_and_only_who_may_add_sees_it():
    changelist = reverse("admin:routing_itemtype_changelist")
    assert f'href="{reverse(PAGE)}"' in signed_in("admins").get(changelist).content.decode()
    lead = signed_in("leads", name="lea")
    assert f'href="{reverse(PAGE)}"' not in lead.get(changelist).content.decode()
    assert lead.get(reverse(PAGE)).status_code == 403


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_seen_in_the_form_and_saved_with_its_rules(name):
    client, preset = signed_in("admins"), PRESETS[name]
    url = f"{reverse(ADD)}?preset={name}"
    page = client.get(url)
    assert preset.queues in page.context["preset"].queues
    queues = {"queue": factories.queue().pk, "expert_queue": factories.queue("experts", "experts").pk}
    response = client.post(url, sent(page) | queues)
    assert response.status_code == 302, response.context["errors"]
    row = ItemType.objects.get()
    assert {column: getattr(row, column) for column in preset.settings} == preset.settings | {
        "guidelines": row.guidelines
    }
    assert row.guidelines.splitlines() == preset.guidelines.strip().splitlines()
    rules = [rule.name for rule in Policy.objects.get().pure.rules]
    assert rules == sorted(rule.name for rule in preset.rules)


def test_a_workflow_alone_fills_in_its_settings():
    page = signed_in("admins").get(reverse(ADD), {"workflow": "expert_mandatory"})
    initial = page.context["adminform"].form.initial
    assert (initial["expert_mandatory"], initial["automate"]) == (True, False)
    assert page.context["workflow_sentence"].startswith("Workflow: expert mandatory.")


def test_an_unknown_preset_is_a_blank_form():
    page = signed_in("admins").get(reverse(ADD), {"preset": "nope"})
    assert (page.status_code, page.context["preset"]) == (200, None)


def test_an_item_type_says_which_workflow_its_settings_amount_to():
    item_type = factories.item_type(opinions_wanted=2)
    page = signed_in("admins").get(reverse("admin:routing_itemtype_change", args=[item_type.pk]))
    assert "Workflow: two opinions with adjudication." in page.content.decode()


def test_an_items_page_shows_where_it_stands():
    factories.item_type()
    item = factories.submit(0.85)
    page = signed_in("leads").get(reverse("admin:routing_item_change", args=[item.pk]))
    steps = [step["state"] for step in page.context["workflow"]["steps"]]
    assert steps == ["ai processing", "routing decision", "human review"]
    assert page.content.decode().count('aria-current="step"') == 1
