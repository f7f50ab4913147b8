"""A child as one record tells of it, with what comparing needs worked out once."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date

from service.likeness.names import Name, understood


@dataclass(frozen=True, slots=True)
class Person:
    """One record's word on a child; "" or None where it says nothing. `id_number` is valid or "".

    `group` is the list it comes from: where groups are given, only people of different groups are compared.
    """

    key: Hashable
    name: str
    id_number: str = ""
    born_on: date | None = None
    sex: str = ""
    guardian: str = ""
    phone: str = ""
    place: int = 0
    group: str = ""
    said: Name = field(init=False, repr=False, compare=False)
    keeper: Name | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "said", understood(self.name))
        object.__setattr__(self, "keeper", understood(self.guardian) if self.guardian else None)
