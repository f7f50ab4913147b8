"""The pairs worth a look among many records: those that share a block, scored, best first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from service.likeness.person import Person
from service.likeness.score import OFFERED, compare

_LARGEST_BLOCK = 120
"""A block larger than this says too little; its people meet again in narrower ones."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records likely of one child."""

    one: Person
    other: Person
    score: float
    findings: tuple[str, ...]


def likely_pairs(people: Sequence[Person], least: float = OFFERED) -> list[Pair]:
    """Pairs scoring `least` and more, best first; each pair once, the earlier record first."""
    found = []
    for first, second in _candidates(people):
        one, other = people[first], people[second]
        if one.group and one.group == other.group:
            continue
        likeness = compare(one, other)
        if likeness.score >= least:
            found.append(Pair(one, other, likeness.score, likeness.findings))
    return sorted(found, key=lambda pair: -pair.score)


def _candidates(people: Sequence[Person]) -> Iterator[tuple[int, int]]:
    """Pairs of places that share a block, each once."""
    blocks: dict[Hashable, list[int]] = defaultdict(list)
    for place, person in enumerate(people):
        for key in _keys(person):
            blocks[key].append(place)
    seen: set[int] = set()
    size = len(people)
    for key, block in blocks.items():
        if len(block) < 2 or (len(block) > _LARGEST_BLOCK and key[0] != "id"):  # type: ignore[index]
            continue
        for first, second in combinations(block, 2):
            pair = first * size + second
            if pair not in seen:
                seen.add(pair)
                yield first, second


def _keys(person: Person) -> Iterable[Hashable]:
    """Blocks a record belongs to: any two records of one child should share at least one of them."""
    said, keeper = person.said, person.keeper
    if person.id_number:
        yield ("id", person.id_number)
    sorted_name = tuple(sorted(said.near))
    if person.born_on:
        for syllable in set(said.near):
            yield ("day, syllable", person.born_on, syllable)
        if keeper:
            yield ("day, guardian", person.born_on, keeper.near)
    if person.phone:
        yield ("phone", person.phone)
    yield ("name", sorted_name)
    if person.born_on:
        yield ("name, month", sorted_name, person.born_on.month, person.born_on.day)
        yield ("name, year", sorted_name, person.born_on.year)
    yield ("name, place", sorted_name, person.place)
    if keeper:
        yield ("name, guardian", sorted_name, keeper.near)
        for syllable in set(said.near):
            yield ("guardian, syllable", keeper.near, syllable, person.born_on.year if person.born_on else 0)
