"""Settings come from the environment, and go to child processes unchanged."""

from pathlib import Path

import pytest

from service.config import Settings


def test_without_variables_everything_is_in_one_folder():
    settings = Settings.from_env({})
    assert settings.database == "sqlite:///data/shibiao.sqlite3"
    assert settings.keys == Path("data/keys/keys.json")


def test_an_empty_variable_is_as_none_given():
    assert Settings.from_env({"SHIBIAO_WORKERS": "", "SHIBIAO_KEY_FILE": ""}) == Settings()


def test_what_goes_to_a_child_process_arrives_there_unchanged():
    settings = Settings(data_dir=Path("elsewhere"), workers=3, secure_cookies=True, lease_seconds=1.5,
                        county_name="某县", key_file=Path("keys.json"))
    assert Settings.from_env(settings.as_env()) == settings
    assert Settings.from_env(Settings().as_env()) == Settings()


@pytest.mark.parametrize(("name", "text"), [
    ("SHIBIAO_SECURE_COOKIES", "perhaps"), ("SHIBIAO_SWEEP_SECONDS", "soon"), ("SHIBIAO_WORKERS", "1.5")])
def test_a_value_that_does_not_fit_is_named(name, text):
    with pytest.raises(ValueError, match=name):
        Settings.from_env({name: text})
