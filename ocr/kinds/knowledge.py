"""The caller's lists made ready for decoding, once for a whole batch of sheets."""

from __future__ import annotations

from functools import cached_property

from ocr.lists import Lists, RosterEntry


class Knowledge:
    """Names, schools and townships of the lists given; empty where nothing was given."""

    def __init__(self, lists: Lists) -> None:
        self.lists = lists

    @cached_property
    def pupils(self) -> dict[str, tuple[RosterEntry, ...]]:
        """Roster entries by name."""
        found: dict[str, tuple[RosterEntry, ...]] = {}
        for entry in self.lists.roster:
            found[entry.name] = (*found.get(entry.name, ()), entry)
        return found

    @cached_property
    def id_numbers(self) -> tuple[str, ...]:
        """The ID numbers on the roster."""
        return tuple(dict.fromkeys(entry.id_number for entry in self.lists.roster if entry.id_number))

    @cached_property
    def schools(self) -> tuple[str, ...]:
        """Names of the schools, from the units and, should those name none, from the roster."""
        named = [unit.name for unit in self.lists.units if unit.kind == "school"]
        return tuple(dict.fromkeys(named or [entry.school for entry in self.lists.roster if entry.school]))

    @cached_property
    def townships(self) -> tuple[str, ...]:
        """Short names of the reporting units below the bureau, in the order of the list."""
        return tuple(dict.fromkeys(unit.name for unit in self.lists.units if unit.kind == "township"))

    @cached_property
    def bureau(self) -> str:
        """The bureau's name, empty when unknown."""
        return next((unit.name for unit in self.lists.units if unit.kind == "bureau"), "")

    @cached_property
    def county(self) -> str:
        """The county's name as far as 县, 区 or 市 in the bureau's name: 伊川县; empty when unknown."""
        ends = [self.bureau.find(end) for end in "县区市" if end in self.bureau[1:]]
        return self.bureau[:min(ends) + 1] if ends else ""

    @cached_property
    def county_code(self) -> str:
        """The commonest first six digits among the roster's ID numbers; empty without a roster."""
        codes = [number[:6] for number in self.id_numbers]
        return max(set(codes), key=codes.count) if codes else ""
