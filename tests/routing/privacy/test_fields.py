"""Fields by their paths: whom an item is about, and what only some are shown."""

from routing.privacy.fields import check, masked, person

PAYLOAD = {"text": "So so.", "people": [{"name": "Ann", "age": 40}, {"name": "Bob"}]}
CONTEXT = {"customer": {"id": 17, "email": "ann@example.com"}}


def test_a_person_is_the_text_or_number_at_the_path():
    assert person("context.customer.id", PAYLOAD, CONTEXT) == "17"
    assert person("context.customer.email", PAYLOAD, CONTEXT) == "ann@example.com"


def test_nobody_is_found_where_the_path_leads_nowhere_or_to_no_name():
    assert [
        person(path, PAYLOAD, CONTEXT | {"vip": True})
        for path in ("", "context.vip", "context.customer", "payload.people.name", "context.none.of.it")
    ] == [""] * 5


def test_what_is_hidden_is_replaced_in_every_element_of_a_list_and_nothing_else():
    payload, context = masked(["payload.people.name", "context.customer", "context.none"], PAYLOAD, CONTEXT)
    assert payload == {
        "text": "So so.",
        "people": [{"name": "[personal]", "age": 40}, {"name": "[personal]"}],
    }
    assert context == {"customer": "[personal]"}
    assert PAYLOAD["people"][0]["name"] == "Ann"


def test_a_path_begins_with_payload_or_context_and_has_no_empty_name():
    assert check("payload.name") is None
    assert [bool(check(path)) for path in ("name", "payload", "payload..name", "label.x")] == [True] * 4
