"""Every public error has a documentation page, and the pages say what the table says."""

from tools import error_pages


def test_the_pages_are_current(capsys):
    assert error_pages.main([]) == 0, capsys.readouterr().out
