"""The rules of the house that no other test sees: settings, locks, compose file, imports, openings."""

import ast
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from service.config import Settings

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("ocr", "service", "workers")
MODULES = sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))


def tracked_text_files():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.suffix in {".py", ".md", ".txt", ".in", ".yml", ".yaml", ".toml", ".html", ".css", ".js", ""} \
                and "vendor" not in path.parts and path.is_file():
            yield path


def loaded_after(statement: str) -> set[str]:
    code = f"{statement}\nimport sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_env_example_lists_every_setting_with_its_default():
    text = (ROOT / ".env.example").read_text()
    given = dict(re.findall(r"^(SHIBIAO_\w+)=(.*)$", text, re.M))
    assert set(given) == {f"SHIBIAO_{f.name.upper()}" for f in fields(Settings)}
    assert Settings.from_env(given) == Settings()


def test_settings_name_the_variable_that_does_not_fit():
    with pytest.raises(ValueError, match="SHIBIAO_WORKERS"):
        Settings.from_env({"SHIBIAO_WORKERS": "many"})


def test_compose_file_follows_the_compose_specification():
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec",
               str(ROOT / "docker-compose.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_lock_files_carry_versions_and_hashes_only(name):
    text = (ROOT / name).read_text()
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links|@ file", text)
    pins = re.findall(r"^[a-z0-9._-]+==", text, re.M)
    hashed = re.findall(r"^[a-z0-9._-]+==[^\n]*\\\n    --hash=sha256:", text, re.M)
    assert len(pins) == len(hashed) > 50


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_module_opens_with_a_sentence(path):
    opening = ast.get_docstring(ast.parse(path.read_text()))
    assert opening, "no opening sentence"
    assert opening.split("\n\n")[0].endswith("."), "the opening is not a sentence"


def test_no_file_names_a_path_of_a_machine():
    found = [f"{path.relative_to(ROOT)}: {line.strip()[:80]}"
             for path in tracked_text_files() if path != Path(__file__)
             for line in path.read_text(errors="ignore").splitlines()
             if re.search(r"(^|[^\w.])/(work|root)/|\.whl#", line)]
    assert not found


@pytest.mark.parametrize(("statement", "unwanted"), [
    ("import ocr, ocr.results, ocr.template, ocr.lists", {"cv2", "paddleocr", "onnxruntime"}),
    ("import service.web", {"cv2", "paddleocr", "onnxruntime", "pypinyin"}),
    ("import workers.celery, workers.tasks, workers.loop", {"flask", "werkzeug", "pypinyin"}),
])
def test_each_process_loads_only_what_it_needs(statement, unwanted):
    assert not loaded_after(statement) & unwanted
