"""Template definitions: what a paper form asks, read from templates/forms/<id>/form.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FORMS = Path(__file__).resolve().parent.parent / "templates" / "forms"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a template.

    `labels` are the headings it is printed under, in simplified characters, without spaces and
    punctuation; the first is shown on screens. `where`: `cell` is the cell beside or under its
    label, `line` follows a label printed outside the ruling, `part` is a piece of the cell of the
    field `of` (a date or signature under an opinion), found by its printed `anchors`.
    `target` is the largest share of wrong values allowed among those accepted.
    """

    name: str
    labels: tuple[str, ...]
    kind: str
    where: str = "cell"
    of: str = ""
    anchors: tuple[str, ...] = ()
    lexicon: str = ""
    target: float = 0.005
    threshold: float = 0.95
    required: bool = False
    files_into: str = ""
    counts_as: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MarkSpec:
    """Evidence on the paper that is there or not: a seal or a signature in the cell of `of`."""

    name: str
    label: str
    kind: str
    of: str
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """A paper form. `shape` is `form` (labels and values) or `table` (one record a row).

    For tables `columns` are the fields of a row, `total_labels` the words that open the row of
    sums. `others` are the headings some forms have and nothing is read from: each closes the value
    before it. `rules` are the statements that hold between fields, each a mapping with the key `rule`.
    """

    id: str
    title: str
    titles: tuple[str, ...]
    shape: str
    version: int = 1
    fields: tuple[FieldSpec, ...] = ()
    columns: tuple[FieldSpec, ...] = ()
    total_labels: tuple[str, ...] = ()
    others: tuple[FieldSpec, ...] = ()
    marks: tuple[MarkSpec, ...] = ()
    rules: tuple[Mapping[str, Any], ...] = ()

    def field(self, name: str) -> FieldSpec:
        """The field or column called `name`; KeyError when the form has none."""
        for spec in (*self.fields, *self.columns):
            if spec.name == name:
                return spec
        raise KeyError(name)


def load_template(path: Path) -> Template:
    """The template that the YAML file at `path` defines."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Template(
        id=data["id"],
        title=data["title"],
        titles=tuple(data.get("titles", (data["title"],))),
        shape=data["shape"],
        version=int(data.get("version", 1)),
        fields=tuple(_field(item) for item in data.get("fields", ())),
        columns=tuple(_field(item) for item in data.get("columns", ())),
        total_labels=tuple(data.get("total_labels", ())),
        others=tuple(FieldSpec(f"other:{labels[0]}", tuple(labels), "", where="other")
                     for labels in data.get("others", ())),
        marks=tuple(MarkSpec(**{**item, "anchors": tuple(item.get("anchors", ()))})
                    for item in data.get("marks", ())),
        rules=tuple(data.get("rules", ())),
    )


@cache
def load_templates(folder: Path = FORMS) -> Mapping[str, Template]:
    """Every template under `folder`, by id."""
    found = (load_template(path) for path in sorted(folder.glob("*/form.yaml")))
    return {template.id: template for template in found}


def _field(item: Mapping[str, Any]) -> FieldSpec:
    listed = {key: tuple(item[key]) for key in ("labels", "anchors") if key in item}
    return FieldSpec(**{**item, **listed})
