"""The demo county's ground: its units, the accounts to log in with, and the people who hand samples in."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from ocr.lists import UnitEntry
from service import accounts, passwords, units
from service.demo.people import BOYS, GIRLS, SURNAMES
from service.demo.samples import Samples
from service.models import Unit, User

NOTICE = {  # 附件1 of 伊教体〔2019〕20号: 年度排查 of 2018, 教育部下发名单 of 2019
    "城关": (3, 2), "河滨": (16, 2), "鸦岭": (75, 6), "高山": (63, 2), "平等": (30, 0),
    "鸣皋": (71, 2), "酒后": (43, 0), "葛寨": (20, 0), "白元": (100, 0), "水寨": (19, 3),
    "白沙": (47, 2), "半坡": (9, 1), "江左": (49, 1), "吕店": (60, 0), "彭婆": (92, 0),
}
ROLES = (  # login, role, its name
    ("school", "school", "学校经办人"), ("township", "township", "乡镇中心校"), ("clerk", "clerk", "审核员"),
    ("bureau", "bureau", "教体局"), ("sysadmin", "system_admin", "系统管理员"),
    ("secadmin", "security_admin", "安全管理员"), ("auditor", "audit_admin", "审计管理员"),
    ("viewer", "viewer", "数据查阅"),
)
_LOCKED = "!"
"""A password hash that no password fits: such an account only signs what it handed in."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account to log in with."""

    login: str
    password: str
    role: str
    """The role's Chinese name."""
    unit: str


def settle_units(session: Session, samples: Samples, county_name: str) -> Unit:
    """Add the units that are not there yet, and return the bureau."""
    listed = samples.units or _invented(county_name)
    head = units.found_bureau(session, county_name)
    head.name = next((entry.name for entry in listed if entry.kind == "bureau"), head.name)
    session.flush()
    townships = [UnitEntry(name, "township", head.name) for name in NOTICE]
    units.add_listed(session, None, [*townships, *(e for e in listed if e.kind != "bureau")], head)
    return head


def make_accounts(session: Session, rng: Random, head: Unit, samples: Samples) -> tuple[Account, ...]:
    """One account per role with a made-up password; one whose password is known already gets a new one."""
    school = _busiest_school(session, samples)
    places = {"school": school, "township": school.parent or head}
    return tuple(_account(session, rng, login, role, words, places.get(role, head))
                 for login, role, words in ROLES)


def handing_in(session: Session, rng: Random, unit: Unit, role: str) -> User:
    """The user who hands sheets in for a unit: the one it has, else one who never logs in."""
    user = session.scalar(select(User).where(User.unit_id == unit.id, User.role == role).order_by(User.id))
    if user is None:
        user = User(login=f"unit-{unit.id}", name=_person(rng), role=role, unit_id=unit.id,
                    password_hash=_LOCKED)
        session.add(user)
        session.flush()
    return user


def _account(session: Session, rng: Random, login: str, role: str, words: str, unit: Unit) -> Account:
    password = passwords.generated()
    known = session.scalar(select(User).where(User.login == login))
    if known is None:
        accounts.create(session, None, login=login, name=_person(rng), role=role, unit_id=unit.id,
                        password=password)
    else:
        known.password_hash = passwords.hashed(password)
    return Account(login, password, words, unit.name)


def _busiest_school(session: Session, samples: Samples) -> Unit:
    """The township school that most samples name, so that its account has something to look at."""
    townships = select(Unit.id).where(Unit.kind == "township")
    below = session.scalars(select(Unit).where(Unit.kind == "school", Unit.parent_id.in_(townships)))
    named = [sample.unit for sample in samples.sheets]
    return max(below, key=lambda unit: (named.count(unit.name), -unit.id))


def _person(rng: Random) -> str:
    return rng.choice(SURNAMES) + rng.choice(BOYS + GIRLS)


def _invented(county_name: str) -> tuple[UnitEntry, ...]:
    """Units for a folder of samples without a list: two schools a township, two of the bureau's own."""
    bureau = f"{county_name}教育体育局"
    own = [UnitEntry(f"{county_name}{name}", "school", bureau) for name in ("实验小学", "实验中学")]
    return (UnitEntry(bureau, "bureau"), *own, *(
        UnitEntry(f"{township}{name}", "school", township) for township in NOTICE
        for name in ("镇中心小学", "镇第一初级中学")))
