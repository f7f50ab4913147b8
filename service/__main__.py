"""`python -m service`: run an installation and look after it."""

from __future__ import annotations

import argparse
import sys

from service.commands import learning, people, running, upkeep
from service.config import Settings
from service.errors import ShibiaoError


def main(arguments: list[str] | None = None) -> int:
    """Parse, call one function, say how it went; 1 when it was refused, 2 for wrong arguments."""
    parser = argparse.ArgumentParser(prog="python -m service", description="识表：运行与维护。")
    tasks = parser.add_subparsers(required=True, metavar="任务")
    for area in (running, people, upkeep, learning):
        area.add(tasks)
    given = parser.parse_args(arguments)
    try:
        return int(given.task(Settings.from_env(), given) or 0)
    except ShibiaoError as refused:
        print(f"{refused.message}{refused.advice}", file=sys.stderr)
    except ValueError as wrong:
        print(f"设置有误：{wrong}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
