"""Settings come in layers, and every fault of every layer is told at once, without secrets."""

import pytest

from accord.kernel import problem, settings

HASH = "ab" * 32


def faults(toml=None, environ=None, **options):
    with pytest.raises(problem.SettingsError) as caught:
        settings.load(toml, environ or {}, **options)
    return [str(fault) for fault in caught.value.faults]


def test_without_anything_there_are_defaults():
    """The limits are the promised ones."""
    found = settings.load(None, {})
    assert found == settings.Settings()
    assert (found.mode, found.server.host) == ("development", "127.0.0.1")
    limits = found.limits
    assert (limits.body_bytes, limits.json_depth, limits.query_parameters) == (1_048_576, 32, 50)
    assert (limits.page_size_max, limits.include_depth, limits.bulk_items) == (100, 3, 1000)
    assert (found.database.statement_timeout, found.server.request_timeout) == (5.0, 30.0)


def test_later_layers_are_stronger():
    """Default, file, variable, option."""
    toml = "[server]\nport = 1\nworkers = 1\nrequest_timeout = 1"
    environ = {"ACCORD_SERVER_PORT": "2", "ACCORD_SERVER_WORKERS": "2", "OTHER": "x"}
    found = settings.load(toml, environ, overrides={"server.port": 3, "server.workers": None})
    assert (found.server.port, found.server.workers) == (3, 2)
    assert (found.server.request_timeout, found.server.drain_timeout) == (1.0, 20.0)


@pytest.mark.parametrize(
    ("variable", "text", "section", "name", "value"),
    [
        ("ACCORD_DOCS_ENABLED", "false", "docs", "enabled", False),
        ("ACCORD_DOCS_ENABLED", "1", "docs", "enabled", True),
        ("ACCORD_SERVER_REQUEST_TIMEOUT", "2.5", "server", "request_timeout", 2.5),
        ("ACCORD_SERVER_PORT", "", "server", "port", 8000),
        ("ACCORD_DATABASE_URL", "sqlite:///x.db", "database", "url", "sqlite:///x.db"),
        ("ACCORD_CORS_ORIGINS", "https://a.b, http://c:1", "cors", "origins",
         ("https://a.b", "http://c:1")),
        ("ACCORD_CORS_ORIGINS", '["https://a.b"]', "cors", "origins", ("https://a.b",)),
    ],
)  # fmt: skip
def test_variables_are_texts(variable, text, section, name, value):
    """Their texts are read as the type of the setting; an empty one is as good as none."""
    found = settings.load(None, {variable: text})
    assert getattr(getattr(found, section), name) == value


def test_keys_are_tables_or_json():
    """A file lists them as [[keys]], a variable as JSON."""
    key = settings.Key(name="ci", key_sha256=HASH, roles=("admin",))
    toml = f'[[keys]]\nname = "ci"\nkey_sha256 = "{HASH}"\nroles = ["admin"]'
    json = f'[{{"name":"ci","key_sha256":"{HASH}","roles":["admin"]}}]'
    assert settings.load(toml, {}).keys == (key,)
    assert settings.load(None, {"ACCORD_KEYS": json}).keys == (key,)


def test_every_fault_is_told_at_once():
    """Each names the place, the value, what is allowed, and the nearest name."""
    told = faults(
        'port = 1\nmode = "prod"\nlimts = 1\nserver = 3\n[database]\nconections = 4\n'
        "connections = 1\n",
        {"ACCORD_DATABSE_URL": "x", "ACCORD_SERVER_PORT": "70000"},
        file_name="shop.toml",
        overrides={"server.workers": 0, "server.wrokers": 2},
    )
    assert "\n".join(told) == EVERY_FAULT.strip()


EVERY_FAULT = """
shop.toml, key port
  wrong: there is no such setting
  fix:   did you mean 'server.port'?
shop.toml, key mode
  wrong: 'prod' is not allowed
  fix:   allowed: development, production; did you mean 'production'?
shop.toml, key limts
  wrong: there is no such setting
  fix:   did you mean 'limits'?
shop.toml, key server
  wrong: it is a section
  fix:   write [server]
shop.toml, key database.conections
  wrong: there is no such setting
  fix:   did you mean 'database.connections'?
shop.toml, key database.connections
  wrong: 1 is not allowed
  fix:   allowed: an integer, at least 2
variable ACCORD_DATABSE_URL
  wrong: there is no such setting
  fix:   did you mean 'ACCORD_DATABASE_URL'?
variable ACCORD_SERVER_PORT (server.port)
  wrong: '70000' is not allowed
  fix:   allowed: an integer, at least 0, at most 65535
option server.workers
  wrong: 0 is not allowed
  fix:   allowed: an integer, at least 1
option server.wrokers
  wrong: there is no such setting
  fix:   did you mean 'server.workers'?
"""


def test_what_is_not_toml_is_told_with_its_line():
    """The parser's own words, and the file's name."""
    told = faults("port =\nmode = 1")
    assert told[0].startswith("accord.toml\n  wrong: this is not TOML: ")
    assert "line 1" in told[0]


@pytest.mark.parametrize(
    ("toml", "environ"),
    [
        ('[database]\nurl = "mysql://root:geheim@db/x"', {}),
        (None, {"ACCORD_DATABASE_URL": "mysql://root:ge@heim@db/x"}),
        (None, {"ACCORD_DATABASE_URL": "root:geheim@db/x"}),
        (None, {"ACCORD_DATABASE_URL": "mysql://db/x?password=geheim"}),
        ('[database]\nurl = ["postgresql://root:geheim@db/x"]', {}),
        ('[[keys]]\nname = "ci"\nkey_sha256 = "geheim"', {}),
        (None, {"ACCORD_KEYS": "geheim"}),
        (None, {"ACCORD_KEYS": '["geheim'}),
        (None, {"ACCORD_DATABSE_URL": "geheim"}),
    ],
)
def test_secrets_are_never_told(toml, environ):
    """Not even where they are the fault."""
    assert "heim" not in "".join(faults(toml, environ))


def test_settings_can_be_printed():
    """Passwords and hashes are not in the text of the settings."""
    toml = (
        f'[database]\nurl = "postgresql://u:geheim@db/x"\n'
        f'[[keys]]\nname = "ci"\nkey_sha256 = "{HASH}"'
    )
    text = repr(settings.load(toml, {}))
    assert "u:***@db" in text
    assert "'ci'" in text
    assert "geheim" not in text
    assert HASH not in text


def test_development_listens_on_this_machine_only():
    """Its keys are guessable by being printed; production may listen anywhere."""
    host = {"ACCORD_SERVER_HOST": "0.0.0.0"}
    assert "mode is development" in faults(None, host)[0]
    production = settings.load('mode = "production"', host)
    assert production.server.host == "0.0.0.0"
    for local in ("localhost", "127.0.0.1", "::1"):
        assert settings.load(None, {"ACCORD_SERVER_HOST": local}).server.host == local


def test_settings_that_contradict_each_other_are_refused():
    """Each is allowed alone; the place of the weaker one is named."""
    told = faults("[limits]\npage_size_default = 200")[0].splitlines()
    assert told[0] == "accord.toml, key limits.page_size_default"
    assert told[1] == "  wrong: 200 is more than limits.page_size_max, 100"
    assert faults("[limits]\npage_size_max = 5")[0].startswith("default of limits.page_size_def")
    twice = f'[[keys]]\nname = "ci"\nkey_sha256 = "{HASH}"\n' * 2
    assert len(faults(twice)) == 2


@pytest.mark.parametrize("origin", ["*", "https://*.a.b", "https://a.b/", "a.b", "null"])
def test_origins_are_exact(origin):
    """A wildcard, a path or a missing scheme is refused."""
    assert "exact origins" in faults(None, {"ACCORD_CORS_ORIGINS": origin})[0]


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "x"])
def test_timeouts_are_finite_and_positive(text):
    """A server without a timeout is a server that hangs."""
    assert faults(None, {"ACCORD_SERVER_REQUEST_TIMEOUT": text})


def test_one_budget_of_connections_is_split():
    """Of ten connections seven run statements and three sessions; each side has at least one."""
    for total, statements, sessions in [(10, 7, 3), (2, 1, 1), (20, 14, 6)]:
        database = settings.Database(connections=total)
        assert database.statement_connections == statements
        assert database.session_connections == sessions


def test_development_keys_and_test_variables_are_not_settings():
    """They share the beginning of the name only."""
    environ = {settings.dev_key_variable("super-admin"): "x", "ACCORD_TEST_DATABASE": "x"}
    assert next(iter(environ)) == "ACCORD_DEV_KEY_SUPER_ADMIN"
    assert settings.load(None, environ) == settings.Settings()


def test_every_setting_is_described():
    """Each has a meaning, allowed values and a variable of its own, which works."""
    described = settings.describe()
    assert len({each.env for each in described}) == len(described)
    for each in described:
        assert each.meaning
        assert each.allowed
        assert each.type in {"boolean", "choice", "integer", "list", "number", "text"}
        assert each.env == "ACCORD_" + each.key.upper().replace(".", "_")


def test_defaults_obey_their_own_rules():
    """Every default, given as an option, is accepted."""
    defaults = {each.key: each.default for each in settings.describe()}
    assert settings.load(None, {}, overrides=defaults) == settings.Settings()
