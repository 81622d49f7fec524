"""What is public is documented: names, attributes, commands, settings, spellings, statuses."""

import re

import pytest

import accord
from accord.cli import commands
from accord.contract import reserved, resource
from accord.declare import api as declared_api
from accord.declare import resource as declared
from accord.kernel import errors, settings
from accord.protocols.rest import names
from tools import house

REFERENCE = house.ROOT / "docs" / "reference"


def page(name: str) -> str:
    return (REFERENCE / f"{name}.md").read_text("utf-8")


def code(text: str) -> set[str]:
    """Everything that stands in backticks."""
    return set(re.findall(r"`([^`\n]+)`", text))


def words(text: str) -> set[str]:
    """Every word that stands in backticks, alone or with others."""
    return {word for each in code(text) for word in re.findall(r"[\w\[\].<>-]+", each)}


@pytest.mark.parametrize("name", accord.__all__)
def test_every_public_name_is_in_the_reference(name):
    assert name in words(page("declaration"))


@pytest.mark.parametrize("name", sorted(declared.VOCABULARY))
def test_every_attribute_of_a_resource_is_in_the_reference(name):
    assert f"| `{name}` |" in page("declaration")


@pytest.mark.parametrize("name", sorted(declared_api.StyleOptions.__annotations__))
def test_every_option_of_an_api_is_in_the_reference(name):
    assert f"| `{name}` |" in page("declaration")


@pytest.mark.parametrize("operator", resource.OPERATORS)
def test_every_operator_is_in_the_reference(operator):
    assert operator in words(page("query-parameters"))


@pytest.mark.parametrize(
    "spelling", sorted({*names.PAGES, *names.SORTS, *names.VIEWS, *names.FILTERS})
)
def test_every_spelling_of_a_parameter_is_in_the_reference(spelling):
    assert spelling in words(page("query-parameters"))


@pytest.mark.parametrize("name", sorted({*reserved.PARAMETERS, *reserved.PARAMETER_PREFIXES}))
def test_every_reserved_name_is_in_the_reference(name):
    taken = page("query-parameters").partition("## Names that are taken")[2]
    assert name in re.findall(r"[\w\[]+", taken)


def _commands():
    hidden = {*commands.app.help_flags, *commands.app.version_flags}
    return sorted(set(commands.app) - hidden)


@pytest.mark.parametrize("name", _commands())
def test_every_command_has_a_section_with_its_flags(name):
    found = re.search(rf"^## accord {name}\b.*?(?=^## |\Z)", page("cli"), re.MULTILINE | re.DOTALL)
    assert found, f"docs/reference/cli.md has no section on accord {name}"
    arguments = commands.app[name].assemble_argument_collection(parse_docstring=False)
    flags = [flag for each in arguments if each.show for flag in each.names if flag[:2] == "--"]
    missing = [flag for flag in flags if flag not in words(found[0])]
    assert not missing


@pytest.mark.parametrize("setting", settings.describe(), ids=lambda each: each.key)
def test_every_setting_is_in_the_reference_with_its_default_and_meaning(setting):
    if isinstance(setting.default, bool):
        default = f"`{str(setting.default).lower()}`"
    elif setting.default in ("", ()):
        default = "none"
    else:
        default = f"`{setting.default}`"
    row = f"| `{setting.key}` | {default} | `{setting.env}` | {setting.meaning} |"
    assert row in page("settings"), f"docs/reference/settings.md has no line\n{row}"


@pytest.mark.parametrize("status", sorted({each.status for each in errors.ERRORS.values()}))
def test_every_status_of_an_error_is_in_the_reference(status):
    if status in (429, 499, 501):
        pytest.skip("nothing answers it yet, or nobody is there to see it")
    listed = page("http").partition("## Statuses")[2].partition("## ")[0]
    rows = [row for row in listed.splitlines() if row.startswith("|")]
    assert any(str(status) in row.split("|")[1] for row in rows)
