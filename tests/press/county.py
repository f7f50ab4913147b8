"""The invented schools and villages of the county; only its 15 townships are the notice's own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from tests.press.chance import chance

BUREAU = "伊川县教育体育局"

TOWNSHIPS = (
    "城关",
    "河滨",
    "鸦岭",
    "高山",
    "平等",
    "鸣皋",
    "酒后",
    "葛寨",
    "白元",
    "水寨",
    "白沙",
    "半坡",
    "江左",
    "吕店",
    "彭婆",
)

_CALLED = {"河滨": "河滨街道", "平等": "平等乡"}

VILLAGE_ROOTS = "王张李赵杨郭马孙程范姜常韩石周牛丁任宋温东西南北上下前后大小新老"
VILLAGE_ENDS = "庄沟寨楼坡岭洼营湾屯窑店河村"


@dataclass(frozen=True, slots=True)
class School:
    """A school; `township` is its unit's short name, or the bureau's name for a county school."""

    name: str
    township: str
    middle: bool


def called(township: str) -> str:
    """The township's full name, as in an address."""
    return _CALLED.get(township, township + "镇")


@cache
def schools() -> tuple[School, ...]:
    """Some sixty schools: those of the county first, then each township's."""
    found = [
        School(f"伊川县{name}", BUREAU, "中学" in name or "初级" in name)
        for name in ("实验小学", "第二实验小学", "滨河小学", "实验中学", "第一初级中学", "第二初级中学")
    ]
    for number, township in enumerate(TOWNSHIPS):
        place = called(township)
        found.append(School(f"{place}第一初级中学", township, True))
        if number % 3 == 0:
            found.append(School(f"{place}第二初级中学", township, True))
        found.append(School(f"{place}中心小学", township, False))
        rng = chance("schools", township)
        for village in rng.choice(villages(township), 2 if number % 3 == 0 else 1, replace=False):
            found.append(School(f"{place}{village}小学".replace("村小学", "小学"), township, False))
        if number % 2:
            found.append(School(f"{place}希望小学", township, False))
    return tuple(found)


@cache
def villages(township: str) -> tuple[str, ...]:
    """A dozen village names of a township, each ending in 村."""
    rng = chance("villages", township)
    found: list[str] = []
    while len(found) < 12:
        name = str(rng.choice(list(VILLAGE_ROOTS))) + str(rng.choice(list(VILLAGE_ENDS)))
        name += "" if name.endswith("村") else "村"
        if name not in found:
            found.append(name)
    return tuple(found)


def units_csv() -> str:
    """The units list for `--units`: name,kind,parent of the bureau, the townships and every school."""
    lines = ["name,kind,parent", f"{BUREAU},bureau,"]
    lines += [f"{township},township,{BUREAU}" for township in TOWNSHIPS]
    lines += [f"{school.name},school,{school.township}" for school in schools()]
    return "\n".join(lines) + "\n"
