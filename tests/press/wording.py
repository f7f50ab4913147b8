"""How people put a value on paper: the ways of writing dates and grades, and the sentences of a visit."""

from __future__ import annotations

from datetime import date

import numpy as np

from tests.press.chance import pick, share
from tests.press.county import called
from tests.press.people import Pupil

DIGITS = "〇一二三四五六七八九"


def chinese(number: int) -> str:
    """A number below 100 in Chinese numerals: 11 → 十一, 30 → 三十."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else DIGITS[tens] + "十")
    return (head + (DIGITS[ones] if ones else "")) or DIGITS[0]


def written_date(rng: np.random.Generator, on: date) -> str:
    """A date in one of the ways people write it."""
    year = "".join(DIGITS[int(d)] for d in str(on.year))
    ways = (
        f"{on.year}年{on.month}月{on.day}日", f"{on.year}年{on.month}月{on.day}日", f"{on.year}.{on.month}.{on.day}",
        f"{on.year}.{on.month}.{on.day}", f"{on.year}.{on:%m.%d}", f"{on:%Y-%m-%d}", f"{on.year}-{on.month}-{on.day}",
        f"{on:%Y年%m月%d日}", f"{year}年{chinese(on.month)}月{chinese(on.day)}日",
    )
    return pick(rng, ways)


def grade_value(pupil: Pupil) -> str:
    """The normalised grade and class: 六年级2班."""
    return f"{DIGITS[pupil.grade]}年级{pupil.klass}班"


def written_grade(rng: np.random.Generator, pupil: Pupil) -> tuple[str, str]:
    """Grade and class as written, and the normalised value of just that writing."""
    grade, klass = DIGITS[pupil.grade], pupil.klass
    ways = [f"{grade}年级{klass}班", f"{grade}年级({klass})班", f"{grade}({klass})班", f"{grade}({klass})班",
            f"{grade}年级{DIGITS[klass]}班", f"{grade}{klass}班", f"{pupil.grade}年级{klass}班"]
    if pupil.grade > 6:
        junior = DIGITS[pupil.grade - 6]
        ways += [f"初{junior}{klass}班", f"初{junior}({klass})班", f"初{junior}{DIGITS[klass]}班"]
    if share(rng, 0.1):
        return f"{grade}年级", f"{grade}年级"
    return pick(rng, ways), grade_value(pupil)


def written_address(rng: np.random.Generator, pupil: Pupil) -> str:
    """Township, village and group, with the county in front at times."""
    group = f"{pupil.group}组" if share(rng, 0.6) else f"{chinese(pupil.group)}组"
    tail = pick(rng, (group, group, group, f"第{chinese(pupil.group)}村民组", ""))
    return ("伊川县" if share(rng, 0.3) else "") + called(pupil.township) + pupil.village + tail


REASONS = {
    "common": ("学习困难，有厌学情绪", "厌学，不愿到校", "随父母外出打工", "外出打工", "家庭困难，无力照管", "身体残疾，行动不便",
               "生病休养在家", "失踪失联，多日未到校", "早婚", "信教，不愿上学", "疑似辍学，核实去向", "未按时返校",
               "学习困难或厌学", "身体残疾或疾病", "家庭困难", "了解在家学习情况", "成绩下降，与同学有矛盾"),
    "held": ("跟不上课，产生厌学思想", "到南方打工", "父母离异，无人管教", "因病长期请假", "沉迷手机游戏，不想上学",
             "开学一周未报到", "外出打工，学习困难", "腿部受伤，在家养病"),
}

OPENINGS = {
    "common": ("经家访了解，{name}同学{state}。", "到家后见到{kin}，{kin}说孩子{state}。",
               "{name}{days}天未到校，其{kin}反映孩子{state}。", "今日家访，孩子在家，{state}。",
               "家长介绍，孩子{state}，家中共{people}口人。"),
    "held": ("我们来到{name}家中，与{kin}面谈，得知孩子{state}。", "{name}从上周起没有来上课，{kin}称孩子{state}。",
             "走访中了解到该生{state}，由{kin}照顾。"),
}
STATES = {
    "common": ("因成绩跟不上，不想上学", "想跟着亲戚外出打工", "身体不好，需要休息一段时间", "在家帮忙干农活",
               "平时沉迷手机，作业完成不好", "和同学闹矛盾，情绪低落", "现在由爷爷奶奶照看，父母常年在外"),
    "held": ("对学习失去信心", "打算去饭店当学徒", "住院刚回来，还在吃药", "整天在家看电视", "担心家里负担重，不愿再读"),
}
MIDDLES = {
    "common": ("老师讲解了义务教育法，说明必须完成九年义务教育。", "向家长宣传了资助政策，可以申请困难补助。",
               "我们和孩子谈心，鼓励他树立信心。", "家长表示支持学校工作，愿意劝说孩子。", "同{kin}商量了帮扶办法，安排同学结对帮助。"),
    "held": ("耐心做了思想工作，讲明辍学的危害。", "告诉家长营养餐和寄宿补助的办法。", "班主任答应课后给孩子补课。"),
}
CLOSINGS = {
    "common": ("孩子答应{day}返校上课。", "经劝说，同意回校学习。", "约定{day}再次上门走访。", "家长保证按时送孩子到校。",
               "目前还没有劝返，继续跟踪。"),
    "held": ("孩子点头同意下周一回学校。", "暂未做通工作，下次再来。", "家长当场签字，保证不让孩子辍学。"),
}
SCHOOL_OPINIONS = {
    "common": ("情况属实，继续做好劝返工作。", "情况属实。", "同意。", "已核实，按一人一档管理。", "请班主任跟踪关注，及时上报。",
               "情况属实，列入帮扶对象。", "继续家访，确保学生返校。"),
    "held": ("属实，安排专人负责帮扶。", "同意班主任意见，加强联系。", "已了解，做好保学工作。"),
}
PARENT_OPINIONS = {
    "common": ("同意。", "配合学校，让孩子返校。", "情况属实。", "支持学校工作，送孩子上学。", "感谢老师关心。", "同意返校，按时到校。"),
    "held": ("听老师的，明天就送去。", "情况都对，没有意见。", "谢谢学校，孩子愿意去。"),
}


def phrase(rng: np.random.Generator, bank: dict[str, tuple[str, ...]], split: str) -> str:
    """One phrase; the held split mixes in phrases no other split has."""
    own = bank["held"] if split == "held" and share(rng, 0.5) else bank["common"]
    return pick(rng, own)


def visit_story(rng: np.random.Generator, pupil: Pupil, split: str) -> str:
    """One to four sentences on how the visit went."""
    sentences = [phrase(rng, OPENINGS, split), phrase(rng, MIDDLES, split), phrase(rng, MIDDLES, split),
                 phrase(rng, CLOSINGS, split)]
    keep = int(rng.integers(1, 5))
    chosen = sentences[:keep] if keep < 3 else [*sentences[:keep - 1], sentences[-1]]
    text = "".join(dict.fromkeys(chosen))
    return text.format(name=pupil.name, kin=pupil.kin, state=phrase(rng, STATES, split),
                       days=int(rng.integers(3, 16)), people=int(rng.integers(3, 8)),
                       day=pick(rng, ("明天", "下周一", "本周五", "后天", "下个月")))
