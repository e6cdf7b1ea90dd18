"""What the guide's pages send, turned into values."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import chain, count
from typing import Any

from django import forms
from django.contrib.auth.models import Group

from labeling.importing import columns
from labeling.importing.columns import Column
from labeling.importing.guessing import DELIMITERS, ENCODINGS, SHEETS, SUFFIXES
from labeling.models import ImportRun
from routing.kinds import KINDS
from routing.models import ItemType
from routing.presets import Preset
from routing.values import storable

LONGEST_NAME = 100
MOST_PEOPLE = 3  # lines of the form; more people come by sending it again
# What a column may be beside a field of the payload, by heading of the list and in its order.
KNOWN = (
    (columns.LABEL, "The right answer"),
    (columns.WHO, "Who gave that answer"),
    (columns.WHEN, "When they gave it"),
)
MODELS = (
    (columns.SAID, "A model's answer"),
    (columns.SURE, "How sure the model was, 0 to 1"),
    (columns.MODEL, "Which model it was"),
)


class TypeForm(forms.Form):
    """An item type in a few words; the rest is the preset's."""

    name = forms.CharField(max_length=LONGEST_NAME, label="What do you call it?")
    labels = forms.CharField(
        label="The answers to choose from",
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="One a line, in the order in which people see them.",
    )
    guidelines = forms.CharField(
        required=False,
        label="What reviewers should know",
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text="In Markdown; it stands beside every item. You can change it at any time.",
    )

    def __init__(self, preset: Preset, taken: Collection[str], *args: Any, **kwargs: Any) -> None:
        settings = preset.settings
        labels = settings.get("labels", [])
        self.taken = {name.casefold() for name in taken}
        others = (f"{preset.title} {n}" for n in count(2))
        name = next(one for one in chain([preset.title], others) if one.casefold() not in self.taken)
        begun = {"name": name, "labels": "\n".join(labels), "guidelines": preset.guidelines}
        super().__init__(*args, initial=begun, **kwargs)
        if not labels:
            del self.fields["labels"]

    def clean_name(self) -> str:
        """Return the name, which no other item type has that this person knows."""
        name = self.cleaned_data["name"]
        if name.casefold() in self.taken:
            raise forms.ValidationError("There is an item type of this name. Choose another.")
        return name

    def clean_labels(self) -> list[str]:
        """Return the labels, each once."""
        lines = (line.strip() for line in self.cleaned_data["labels"].splitlines())
        return list(dict.fromkeys(line for line in lines if line))


class FileForm(forms.Form):
    """A file with what people are to judge."""

    file = forms.FileField(
        label="Your file",
        widget=forms.FileInput(attrs={"accept": ",".join((*SUFFIXES, *SHEETS))}),
        help_text="CSV with headings in its first row, JSON, JSON Lines, or an export of Label Studio. "
        "Save a spreadsheet as CSV.",
    )


class ColumnsForm(forms.Form):
    """What each column is, and how the file is written; fields are named by the column's place."""

    encoding = forms.ChoiceField(choices=list(ENCODINGS.items()), label="Letters", required=False)
    delimiter = forms.ChoiceField(choices=list(DELIMITERS.items()), label="Between cells", required=False)
    add_labels = forms.BooleanField(required=False)
    ask = forms.BooleanField(
        required=False, initial=True, label="Ask people about every row that no model has answered"
    )

    def __init__(self, run: ImportRun, found: Sequence[Column], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = found
        self.fields["encoding"].initial, self.fields["delimiter"].initial = run.encoding, run.delimiter
        for place, column in enumerate(found):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                choices=choices(column, run.item_type),
                required=False,
                initial=column.target,
                label=column.name or "(no heading)",
            )

    @property
    def lines(self) -> list[tuple[Column, forms.BoundField]]:
        """Each column with its field."""
        return [(column, self[f"column-{place}"]) for place, column in enumerate(self.found)]

    @property
    def adds(self) -> bool:
        """Whether answers that nobody knows yet are to become labels."""
        return self.is_bound and self.is_valid() and self.cleaned_data["add_labels"]

    def names(self) -> dict[str, str]:
        """Return what each column is called here: as chosen where all of that is right, else as guessed."""
        chosen = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return {
            column.name: chosen.get(f"column-{place}", column.target)
            for place, column in enumerate(self.found)
        }

    def clean(self) -> dict[str, Any]:
        """Refuse to take two columns for the same."""
        seen: dict[str, str] = {}
        for place, column in enumerate(self.found):
            name = f"column-{place}"
            target = self.cleaned_data.get(name)
            if target and target in seen:
                self.add_error(name, f"{seen[target]} is taken for this already.")
            elif target:
                seen[target] = column.name
        return self.cleaned_data


class PersonForm(forms.Form):
    """One person to be invited; an empty line invites nobody."""

    username = forms.CharField(max_length=150, required=False, label="Name to sign in with")
    email = forms.EmailField(required=False, label="E-mail, if they have one")
    group = forms.ChoiceField(required=False, label="As")

    def __init__(self, groups: Sequence[Group], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = [(group.name, group.name) for group in groups]

    def clean_username(self) -> str:
        """Return the name, of letters that the database can keep."""
        name = self.cleaned_data["username"].strip()
        if not storable(name):
            raise forms.ValidationError("This name holds a sign that can't be stored.")
        return name


def choices(column: Column, item_type: ItemType) -> list[Any]:
    """Return what a column may be taken for, in groups."""
    kind = KINDS[item_type.kind]
    as_json = columns.JSON if kind.writes_labels_as_json(item_type.spec) else ""
    heading = (
        column.name.partition(".")[2] if column.name.startswith(("context.", "payload.")) else column.name
    )
    offered: Mapping[str, Sequence[tuple[str, str]]] = {
        "To look at": [
            *((cell.target, cell.title) for cell in kind.cells),
            (f"payload.{heading}", "A detail, shown beside it"),
        ],
        "Known already": _labelled(KNOWN, as_json),
        "From a model": _labelled(MODELS, as_json),
        "Otherwise": [
            (columns.REF, "What tells rows apart"),
            (f"context.{heading}", "For rules, shown folded"),
            (columns.LEFT_OUT, "Leave it out"),
        ],
    }
    return list(offered.items())


def _labelled(these: Sequence[tuple[str, str]], as_json: str) -> list[tuple[str, str]]:
    labels = (columns.LABEL, columns.SAID)
    return [(target + as_json if target in labels else target, title) for target, title in these]
