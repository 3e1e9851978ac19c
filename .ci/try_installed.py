"""Tries an installed Weekline from a folder that is not the checkout: `try_installed.py WEEKLINE PAGE.md`.

Reads a page, serves the sample weeks, asks for health and for a sign-in link, and stops it by SIGTERM.
"""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

SECONDS_TO_START = 120
SECONDS_TO_STOP = 10
LINK = re.compile(r"http://127\.0\.0\.1:\d+/sign-in/\S+")


def main(weekline: str, page: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("WEEKLINE_")}
        environment |= {"WEEKLINE_DATA_DIR": f"{folder}/data", "LANG": "C.UTF-8"}

        def run(*words: str) -> str:
            return subprocess.run(
                [weekline, *words],
                cwd=folder,
                env=environment,
                check=True,
                capture_output=True,
                text=True,
                timeout=60,
            ).stdout

        assert "serve" in run("--help")
        reading = json.loads(run("read", page, "--json"))
        assert reading["sections"], "nothing was read"
        print(f"read {Path(page).name}: {len(reading['sections'])} sections")
        server = subprocess.Popen(
            [weekline, "serve", "--sample", "--port", str(free_port())],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            try_server(server)
        finally:
            server.kill()
            server.wait()


def try_server(server: subprocess.Popen[str]) -> None:
    began = time.monotonic()
    lines = spoken(server)
    links: list[str] = []
    for line in lines:
        print(f"  {line}")
        links += LINK.findall(line)
        if re.search(r"\bready\b", line):
            break
    assert links, "no sign-in link was printed"
    base = "/".join(links[0].split("/")[:3])
    print(f"started in {time.monotonic() - began:.1f} s")
    for path in ("/livez", "/readyz"):
        assert get(base + path), f"{path} said nothing"
    assert "<form" in get(links[0]), "the sign-in link's page has no form"
    began = time.monotonic()
    server.send_signal(signal.SIGTERM)
    status = server.wait(timeout=SECONDS_TO_STOP)
    print(f"stopped in {time.monotonic() - began:.1f} s with status {status}")
    assert status in (0, -signal.SIGTERM), f"ended with status {status}"


def spoken(server: subprocess.Popen[str]) -> Iterator[str]:
    """The server's lines, until it ends or is silent for too long."""
    heard: queue.Queue[str | None] = queue.Queue()

    def listen() -> None:
        assert server.stdout is not None
        for line in server.stdout:
            heard.put(line.rstrip())
        heard.put(None)

    threading.Thread(target=listen, daemon=True).start()
    while (line := heard.get(timeout=SECONDS_TO_START)) is not None:
        yield line


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        assert answer.status == 200, f"{url}: {answer.status}"
        return str(answer.read().decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
