"""What the documentation's console blocks may say: accord, curl, python, cd, rm, and variables.

`curl` does not open a socket: the request goes to the ASGI application of the page's directory,
which is `app:api` where the page wrote an `app.py`, else the shop with its seed.
"""

import asyncio
import contextlib
import importlib
import os
import pathlib
import re
import shlex
import subprocess
import sys

import httpx

import accord
from tools import house

PATIENCE = 120
PATHS = os.pathsep.join([str(house.ROOT / "src"), str(house.ROOT)])
SHOP = "examples.shop:api"
_KEY = re.compile(r"""(\w+)=\$\(awk '\$1 == "(\w+)" \{print \$2\}' \.accord/dev-keys\)""")
_VALUE = re.compile(r"(\w+)=(\S+)")
_FLAGS = {"-s": "", "-g": "", "-i": "shown", "-I": "head"}
_OPTIONS = {"-X": "method", "-H": "header", "-d": "data"}


class Shell:
    """One page's shell: a directory, variables, and the application found there."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.variables: dict[str, str] = {}
        self._seeded = False

    def run(self, command: str) -> str:
        """The output of one command; AssertionError when it fails."""
        for name, value in self.variables.items():
            command = re.sub(rf"\$(?:{name}\b|{{{name}}})", lambda _, v=value: v, command)
        key = _KEY.fullmatch(command)
        if key is not None:
            self.variables[key[1]] = self._key(key[2])
            return ""
        words = shlex.split(command, comments=True)
        value = _VALUE.fullmatch(command)
        if value is not None:
            self.variables[value[1]] = words[0].partition("=")[2]
            return ""
        match words[0]:
            case "cd":
                self.folder = (self.folder / words[1]).resolve()
                os.chdir(self.folder)
                return ""
            case "rm":
                for pattern in (word for word in words[1:] if word != "-f"):
                    for path in self.folder.glob(pattern):
                        path.unlink()
                return ""
            case "accord":
                return self._process(pathlib.Path(sys.executable).with_name("accord"), *words[1:])
            case "python":
                return self._process(sys.executable, *words[1:])
            case "curl":
                return self._curl(words[1:])
        raise AssertionError(f"{words[0]!r} does not run here; mark the block skip")

    def _process(self, *words: object) -> str:
        env = {**os.environ, "NO_COLOR": "1", "COLUMNS": "200", "PYTHONPATH": PATHS}
        done = subprocess.run(
            [str(word) for word in words],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            env=env,
        )
        output = done.stdout + done.stderr
        assert done.returncode == 0, output
        return output

    # ---------------------------------------------------------------- curl

    def _target(self) -> str:
        return "app:api" if (self.folder / "app.py").exists() else SHOP

    def _seed(self) -> None:
        if self._target() == SHOP and not self._seeded:
            program = pathlib.Path(sys.executable).with_name("accord")
            self._process(program, "seed", SHOP)
            self._seeded = True

    def _key(self, role: str) -> str:
        self._seed()
        asyncio.run(self._ask("GET", "/healthz", {}, None))
        lines = (self.folder / ".accord" / "dev-keys").read_text("utf-8").splitlines()
        return next(line.split()[1] for line in lines if line.split()[0] == role)

    def _curl(self, words: list[str]) -> str:
        self._seed()
        given: dict[str, list[str]] = {}
        address, rest = "", iter(words)
        for word in rest:
            if word in _OPTIONS:
                given.setdefault(_OPTIONS[word], []).append(next(rest))
            elif word in _FLAGS:
                given.setdefault(_FLAGS[word], []).append(word)
            else:
                assert not word.startswith("-"), f"curl {word} is not known here"
                address = word
        data = "\n".join(given["data"]) if "data" in given else None
        usual = "HEAD" if "head" in given else "GET" if data is None else "POST"
        headers = {}
        if data is not None:
            headers["content-type"] = "application/x-www-form-urlencoded"
        for each in given.get("header", ()):
            name, _, text = each.partition(":")
            headers[name.strip().lower()] = text.strip()
        method = given.get("method", [usual])[0]
        answer = asyncio.run(self._ask(method, address, headers, data))
        if not ("shown" in given or "head" in given):
            return answer.text
        lines = [f"HTTP/1.1 {answer.status_code} {answer.reason_phrase}"]
        lines += [f"{name}: {text}" for name, text in answer.headers.items()]
        return "\n".join([*lines, "", answer.text])

    async def _ask(
        self, method: str, address: str, headers: dict[str, str], data: str | None
    ) -> httpx.Response:
        with self._module() as api:
            app = accord.asgi(api, observe=_tell)
            transport = httpx.ASGITransport(app=app)
            async with (
                app,
                httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client,
            ):
                # Brackets and quotes go as they are written; spaces were escaped by the writer.
                return await client.request(method, address, headers=headers, content=data)

    @contextlib.contextmanager
    def _module(self):
        name, _, attribute = self._target().partition(":")
        if name == "app":
            # Each page has its own app.py, and a page may write it anew.
            forget_local(self.folder)
        sys.path.insert(0, str(self.folder))
        importlib.invalidate_caches()
        try:
            yield getattr(importlib.import_module(name), attribute)
        finally:
            sys.path.remove(str(self.folder))


def _tell(observation: object) -> None:
    """An error nobody foresaw is shown by the test that fails for it."""
    trace = getattr(observation, "traceback", None)
    if trace:
        print(trace)


def forget_local(folder: pathlib.Path) -> None:
    """Forget the modules that were imported from a directory."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and pathlib.Path(file).is_relative_to(folder):
            del sys.modules[name]
