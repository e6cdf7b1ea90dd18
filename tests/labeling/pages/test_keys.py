"""Each act has a key of its own on every page, whatever somebody chooses, and no label takes it."""

from itertools import combinations
from string import ascii_lowercase

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from labeling.models import Keymap
from labeling.pages import keymaps
from labeling.pages.keys import ACTS, label_keys, listed, merged, problems, reserved, usual
from routing.kinds import KINDS
from tests import factories
from tests.people import signed_in
from tests.statements import counted

USUAL = reserved(usual(), "classification")


@pytest.fixture
def rita(db):
    factories.item_type()
    return signed_in("reviewers", name="rita")


def choose(client, **keys):
    return client.post(reverse("review-keys"), {**usual(), **keys})


def test_a_digit_is_chosen_by_itself():
    assert label_keys([str(n) for n in range(10)], USUAL) == [str(n) for n in range(10)]


def test_labels_get_digits_then_letters_that_no_act_has():
    keys = label_keys([f"label {n}" for n in range(40)], USUAL)
    assert keys[:10] == [*"123456789", "b"]
    assert [key for key in keys if key in USUAL] == []
    many = len([*"123456789", *ascii_lowercase]) - len(USUAL & {*ascii_lowercase})
    assert len(set(keys[:many])) == many
    assert keys[many:] == [None] * (40 - many)


def test_a_label_named_like_an_acts_key_gets_another():
    assert label_keys(["x", "q"], USUAL) == ["1", "q"]
    assert label_keys(["x", "q"], reserved(merged({"reject": "q"}), "classification")) == ["x", "1"]


def test_the_usual_keys_can_be_used_together():
    assert problems(usual()) == {}


@given(
    st.dictionaries(st.sampled_from(sorted(ACTS)), st.sampled_from("abcdefghijklmnopqrstuvwxyz"), max_size=4)
)
def test_a_keymap_without_problems_stays_so_once_merged(chosen):
    if problems(usual() | chosen):
        return
    assert merged(chosen) == usual() | chosen


def test_an_act_that_is_new_gives_way_to_a_key_that_somebody_chose_before():
    keys = merged({"reject": "z"})
    assert keys["reject"] == "z"
    assert problems(keys) == {}


def test_acts_share_a_key_only_where_no_page_has_both():
    keys = usual() | {"sources": "n"}
    assert problems(keys) == {}
    assert sorted(problems(usual() | {"edit": "x"})) == ["edit", "reject"]


@pytest.mark.parametrize("key", ["", "ab", " ", "7", "=", "\t"])
def test_what_is_no_single_free_character_is_no_key(key):
    assert list(problems(usual() | {"skip": key})) == ["skip"]


def test_the_help_lists_every_act_with_the_persons_key():
    shown = {hint.does: hint.key for hint in listed(usual() | {"skip": "g"})}
    assert {
        act.does: "g" if act.name == "skip" else act.key for act in ACTS.values()
    }.items() <= shown.items()


def test_every_kind_that_an_act_names_exists():
    assert {kind for act in ACTS.values() for kind in act.kinds} <= KINDS.keys()


def test_chosen_keys_are_kept_and_shown_on_the_page_and_on_the_item(rita):
    factories.submit(0.85)
    assert choose(rita, reject="#", skip="Ö").url == reverse("review-keys") + "?said=kept"
    assert Keymap.objects.get(user=rita.user).keys == {"reject": "#", "skip": "ö"}
    text = rita.get(reverse("review-work")).content.decode()
    assert 'data-key="#" aria-keyshortcuts="#"' in text
    assert "<kbd>ö</kbd>" in text
    assert 'value="#"' in rita.get(reverse("review-keys")).content.decode()


def test_two_acts_with_one_key_are_refused_and_nothing_is_kept(rita):
    answer = choose(rita, reject="e")
    assert answer.status_code == 400
    assert sorted(answer.context["form"].errors) == ["escalate", "reject"]
    assert Keymap.objects.count() == 0


def test_the_usual_keys_come_back_by_reset_and_by_an_empty_field(rita):
    choose(rita, reject="#")
    choose(rita, reject="")
    assert keymaps.keys_of(rita.user.pk) == usual()
    choose(rita, reject="#")
    rita.post(reverse("review-keys"), {"reset": "1"})
    assert Keymap.objects.count() == 0


def test_one_persons_keys_are_nobody_elses_and_cost_one_statement(rita):
    choose(rita, reject="#")
    other = factories.person("otto", "reviewers")
    with counted(most=2):
        found = [keymaps.keys_of(user.pk)["reject"] for user in (rita.user, other)]
    assert found == ["#", "x"]


def test_a_stranger_is_asked_to_sign_in_before_choosing_keys(client):
    assert client.get(reverse("review-keys")).url == "/accounts/login/?next=" + reverse("review-keys")


def test_no_two_acts_of_one_page_have_the_same_usual_key():
    pairs = [(a.name, b.name) for a, b in combinations(ACTS.values(), 2) if a.meets(b) and a.key == b.key]
    assert pairs == []
