"""Keys of development: one per role, kept, private, and bound to whom one likes."""

import stat

import pytest

from accord.kernel import problem
from accord.serve import dev_keys

ROLES = ("admin", "big boss")


def prepare(directory, environ=None, callers=None, roles=ROLES):
    return dev_keys.prepare(roles, callers or {}, directory=directory, environ=environ or {})


def test_there_is_one_for_every_role(tmp_path):
    found = prepare(tmp_path)
    assert [key.role for key in found] == list(ROLES)
    assert found[0].secret.startswith("dev_admin_")
    assert len({key.secret for key in found}) == 2
    assert [key.id for key in found] == ["dev-admin", "dev-big boss"]


def test_they_are_kept(tmp_path):
    roles = ("admin", "big boss")
    first = prepare(tmp_path, roles=roles)
    assert prepare(tmp_path, roles=roles) == first
    more = prepare(tmp_path, roles=(*roles, "guest"))
    assert more[:2] == first


def test_they_are_private_even_when_the_file_was_not(tmp_path):
    prepare(tmp_path)
    path = tmp_path / dev_keys.FILE
    path.chmod(0o644)
    prepare(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_variable_goes_before_the_file_and_is_not_kept(tmp_path):
    environ = {"ACCORD_DEV_KEY_ADMIN": "dev_mine"}
    assert prepare(tmp_path, environ)[0].secret == "dev_mine"
    assert "dev_mine" not in (tmp_path / dev_keys.FILE).read_text()


def test_a_variable_without_a_key_is_told_without_its_value(tmp_path):
    with pytest.raises(problem.SettingsError) as told:
        prepare(tmp_path, {"ACCORD_DEV_KEY_ADMIN": "se cret"})
    assert "ACCORD_DEV_KEY_ADMIN" in str(told.value)
    assert "se cret" not in str(told.value)


def test_whose_key_it_is_says_the_variable_then_the_seed_then_the_api(tmp_path):
    callers, roles = {"admin": "usr_api"}, ("admin",)
    assert prepare(tmp_path, {}, callers, roles)[0].id == "usr_api"
    dev_keys.bind({"admin": "usr seed"}, directory=tmp_path)
    assert prepare(tmp_path, {}, callers, roles)[0].id == "usr seed"
    environ = {"ACCORD_DEV_ID_ADMIN": "usr_env"}
    assert prepare(tmp_path, environ, callers, roles)[0].id == "usr_env"


def test_a_directory_nobody_can_write_to_is_told(tmp_path):
    (tmp_path / ".accord").write_text("in the way")
    with pytest.raises(problem.SettingsError, match="ACCORD_DEV_KEY_<ROLE>"):
        prepare(tmp_path)


def test_without_roles_nothing_is_written(tmp_path):
    assert prepare(tmp_path, roles=()) == ()
    assert not list(tmp_path.iterdir())


def test_nothing_printed_shows_a_key(tmp_path):
    (key,) = prepare(tmp_path, roles=("admin",))
    assert key.secret not in repr(key) + repr(key.key)
