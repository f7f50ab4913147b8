"""Seeding: an empty installation becomes the demo county, sample scans handed in and waiting to be read."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import audit, intake
from service.access import Actor, actor_for
from service.calendar import today
from service.demo import around
from service.demo import samples as shelf
from service.demo.children import Maker
from service.demo.county import Account, handing_in, make_accounts, settle_units
from service.demo.samples import Sample, Samples
from service.installation import Installation
from service.models import Student, Unit, User

_SEED = 2019


@dataclass(frozen=True, slots=True)
class DemoCounty:
    """What was made: the accounts to tell people, and how many cases and scans there are."""

    accounts: tuple[Account, ...]
    cases: int
    scans: int

    def table(self) -> str:
        """The accounts as lines to print: role, login, password, unit."""
        lines = [f"  {_wide('角色', 14)}{_wide('账号', 12)}{_wide('密码', 18)}单位"]
        lines += [f"  {_wide(a.role, 14)}{_wide(a.login, 12)}{_wide(a.password, 18)}{a.unit}"
                  for a in self.accounts]
        return "\n".join(lines)


def seed(installation: Installation, samples: Path) -> DemoCounty:
    """Make the demo county out of an empty, migrated installation.

    Doing it again adds nothing but what is missing, and gives the accounts new passwords.
    """
    shown, rng = shelf.load(samples), Random(_SEED)
    with installation.database.write() as session:
        head = settle_units(session, shown, installation.settings.county_name)
        told = make_accounts(session, rng, head, shown)
        cases = _children(session, rng, head, shown)
        bureau = session.scalars(select(User).where(User.login == "bureau")).one()
        if cases:
            around.around(session, Random(_SEED), bureau, today())
        writer = actor_for(session, bureau)
        hands = [(sample, _hands(session, rng, head, sample)) for sample in shown.sheets]
        audit.record(session, None, "demo.seeded", "unit", head.id, cases=cases)
    if cases:
        around.lists(installation, writer, Random(_SEED), today())
    return DemoCounty(told, cases, sum(_hand_in(installation, actor, sample) for sample, actor in hands))


def _children(session: Session, rng: Random, head: Unit, shown: Samples) -> int:
    if session.scalar(select(Student.id).limit(1)) is not None:
        return 0
    maker = Maker(session, rng, _schools(session, head), shown.roster, today())
    maker.notice()
    maker.since()
    maker.rest_of_roster()
    return maker.save()


def _schools(session: Session, head: Unit) -> dict[str, list[Unit]]:
    """Schools by township; a township without any answers itself. The bureau's own stand under 局直."""
    found: dict[str, list[Unit]] = defaultdict(list)
    names = {unit.id: unit.name for unit in session.scalars(select(Unit).where(Unit.kind == "township"))}
    for school in session.scalars(select(Unit).where(Unit.kind == "school").order_by(Unit.position, Unit.id)):
        found[names.get(school.parent_id or 0, "局直")].append(school)
    for unit in session.scalars(select(Unit).where(Unit.kind == "township").order_by(Unit.position)):
        found[unit.name] = found[unit.name] or [unit]
    found["局直"] = found["局直"] or [head]
    return found


def _hands(session: Session, rng: Random, head: Unit, sample: Sample) -> Actor:
    """Who hands a sample in: the school or township written on it, for tables the bureau, else any school."""
    schools = list(session.scalars(select(Unit).where(Unit.kind == "school").order_by(Unit.id)))
    named = [school for school in schools if school.name == sample.unit]
    township = session.scalar(select(Unit).where(Unit.kind == "township", Unit.name == sample.unit))
    if township is not None:
        return actor_for(session, handing_in(session, rng, township, "township"))
    if not named and sample.path.parent.name == "township_table":
        return actor_for(session, handing_in(session, rng, head, "clerk"))
    return actor_for(session, handing_in(session, rng, (named or [rng.choice(schools)])[0], "school"))


def _hand_in(installation: Installation, actor: Actor, sample: Sample) -> int:
    """Upload one sample as a school would; samples that are refused on purpose count for none."""
    with sample.path.open("rb") as stream:
        try:
            return not intake.receive(installation, actor, stream, sample.path.name).duplicate
        except intake.Refused:
            return 0


def _wide(text: str, width: int) -> str:
    """`text` padded to a width in half-width columns: a Chinese character takes two."""
    return text + " " * (width - sum(1 + (char > "\u2e7f") for char in text))
