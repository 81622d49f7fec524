"""Every command has a help line, and the help shows it."""

import re
import subprocess

from tools import house

MAKEFILE = (house.ROOT / "Makefile").read_text("utf-8")
# `core` is a part of `setup` that `serve` needs; nobody calls it.
TARGETS = sorted(set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE)) - {"core"})


def test_make_alone_lists_every_target():
    shown = subprocess.run(
        ["make", "--no-print-directory"],
        cwd=house.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    listed = re.findall(r"^  make ([a-z-]+) +\S", shown.stdout, re.MULTILINE)
    assert sorted(listed) == TARGETS


def test_services_explains_every_command():
    shown = subprocess.run(
        [house.ROOT / "scripts" / "services", "--help"], capture_output=True, text=True, check=True
    )
    for command in ("up", "down", "status", "env", "run", "install", "install-bench"):
        assert re.search(rf"^  {command}\b", shown.stdout, re.MULTILINE), command
