"""SQLite has the functions that make its answers equal to PostgreSQL's."""

import base64

import pytest


async def test_lower_is_postgresqls_for_every_letter(lite, post):
    ctype = await post.value("select datctype from pg_database where datname = current_database()")
    if "utf" not in ctype.lower():
        pytest.skip(f"lower() of the locale {ctype} is not Unicode's")
    rows = await post.fetch(
        "select chr(i), lower(chr(i)) from generate_series(1, 131071) i"
        " where i not between 55296 and 57343"
    )
    letters = "".join(letter for letter, _ in rows)
    assert await lite.value("select accord_lower(?)", (letters,)) == "".join(
        lowered for _, lowered in rows
    )


@pytest.mark.parametrize("value", [None, 5, 2.5, b"A", "", "ABC", "ΟΔΟΣ"])
async def test_lower_leaves_alone_what_is_no_text(lite, value):
    lowered = await lite.value("select accord_lower(?)", (value,))
    assert lowered == {"ABC": "abc", "ΟΔΟΣ": "οδοσ"}.get(value, value)


@pytest.mark.parametrize("text", ["", "a", "ab", "abc", "ä€😀", '["a",1]', "~~~???"])
async def test_b64_is_unpadded_base64url(lite, text):
    encoded = await lite.value("select accord_b64(?)", (text,))
    assert base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode() == text
    assert "=" not in encoded


async def test_b64_of_null_is_null(lite):
    assert await lite.value("select accord_b64(null)") is None


async def test_the_functions_are_there_for_every_connection(lite):
    call = "select accord_lower('A') || accord_b64('a')"
    assert await lite.run(call) == [("aYQ",)]
    async with lite.database.session() as session:
        assert await session.fetch(call) == [("aYQ",)]
    slow = (
        "with recursive r(n) as (select 1 union all select n + 1 from r limit 300000)"
        f" select max(n), ({call}) from r"
    )
    assert await lite.fetch(slow) == [(300000, "aYQ")]


async def test_they_may_stand_in_an_index(lite):
    await lite.run("create table t (name text)")
    await lite.run("create index lowered on t (accord_lower(name))")
    plan = await lite.database.explain("select * from t where accord_lower(name) = ?", ("ä",))
    assert "lowered" in plan
