"""`python -m service run`: one command starts everything, one signal ends it, a killed web comes back."""

import os
import signal
import socket
import urllib.request
from dataclasses import replace

import pytest

from service.commands import demonstration, running
from service.config import Settings
from service.errors import Unavailable
from tests.faults.processes import children_of, is_alive, process, until


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(bind):
    try:
        with urllib.request.urlopen(f"http://{bind}/login", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def test_one_command_starts_all_and_one_signal_ends_all(county):
    bind = f"127.0.0.1:{free_port()}"
    installation = replace(county.installation, settings=replace(county.installation.settings, bind=bind))
    with process(replace(county, installation=installation), "service", "run") as supervisor:
        until(lambda: answers(bind), 20, "the web answers")
        web, worker = sorted(children_of(supervisor.pid))
        os.kill(web, signal.SIGKILL)
        until(lambda: not is_alive(web) and answers(bind), 20, "the web is back")
        children = children_of(supervisor.pid)
        assert worker in children
        supervisor.terminate()
        assert supervisor.wait(60) == 0
        assert not any(is_alive(child) for child in children)


def test_an_address_in_use_is_said_before_anything_starts():
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(Unavailable, match="占用"):
        running.check_free(f"127.0.0.1:{other.getsockname()[1]}")


def test_the_demonstration_keeps_to_itself_and_takes_the_next_free_port():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        own = demonstration._apart(Settings(bind=f"127.0.0.1:{port}", database_url="postgresql://county",
                                            redis_url="redis://county"))
    assert own.database.endswith("data/demo/shibiao.sqlite3")
    assert (own.redis_url, own.key_file) == ("", None)
    assert port < int(own.bind.rpartition(":")[2]) <= port + 20


def test_the_demonstration_says_where_to_log_in_only_once_the_web_answers(county, capsys):
    bind = f"127.0.0.1:{free_port()}"
    progress = demonstration._Progress(county.installation, bind, "请登录")
    progress.show()
    assert "请登录" not in capsys.readouterr().out
    with socket.create_server(("127.0.0.1", int(bind.rpartition(":")[2]))):
        progress.show()
    assert "请登录" in capsys.readouterr().out
