"""Learning from what people decided: refit the reader's confidences, and say what it changes."""

from __future__ import annotations

import argparse
from typing import Any

from service.config import Settings
from service.installation import open_installation
from service.review import learning
from service.review.learning import Reliability


def add(tasks: Any) -> None:
    """Add the task `calibrate`."""
    task = tasks.add_parser("calibrate", help="用核对结果重新校准识别的把握")
    task.add_argument("--dry", action="store_true", help="只看校准前后，不采用")
    task.add_argument("--reset", action="store_true", help="恢复出厂校准")
    task.set_defaults(task=_calibrate)


def _calibrate(settings: Settings, given: argparse.Namespace) -> None:
    path = learning.parameters(settings.data_dir)
    if given.reset:
        path.unlink(missing_ok=True)
        print("已恢复出厂校准。")
        return
    with open_installation(settings).database.write() as session:
        found = learning.refit(session, path)
        print(f"核对过 {found.fields} 处，其中机器读错 {found.wrong} 处。")
        _tell("校准前", found.before)
        _tell("校准后（在没有参与计算的表上）", found.after)
        if not given.dry:
            learning.keep(session, None, found, path)
            print(f"已采用，识别进程从下一张表起按它判断：{path}")


def _tell(words: str, held: Reliability) -> None:
    print(f"{words}：平均偏差 {100 * held.error:.2f} %")
    for one in held.bins:
        print(f"  把握 {100 * one.low:5.1f}–{100 * one.high:5.1f} %  {one.fields:6} 处  "
              f"平均 {100 * one.mean:5.1f} %  读对 {100 * one.right:5.1f} %")
