"""Running the server, and asking a running one how it is."""

from __future__ import annotations

import errno
import gc
import ipaddress
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING

from app.config import Settings
from app.console.errors import Said
from app.console.texts import say

if TYPE_CHECKING:
    from fastapi import FastAPI

    from app.db import Database

SECONDS_TO_DRAIN = 8
"""After a stop signal, requests under way get this long; Docker kills after ten."""
SECONDS_TO_ANSWER = 5


def run(settings: Settings, *, prepare: Callable[[Database], None]) -> None:
    """Serve until stopped. `prepare` gets the migrated database before the first request."""
    with _loading():
        from uvicorn import Config, Server
        from uvicorn.supervisors import Multiprocess

        from app import migrate
        from app.accounts.routes import announce_setup
        from app.db import Database
        from app.exchange.liveness import announced
        from app.web import logs

    database = Database(settings.database)
    if settings.workers > 1 and database.is_sqlite:
        raise Said(say("one_worker"), status=2)
    listener = _listening(settings.host, settings.port)
    settings.port = listener.getsockname()[1]
    if settings.public_url.endswith(":0"):
        settings.public_url = f"{settings.public_url[:-1]}{settings.port}"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # uvicorn gives the signal back when it has drained
    logs.configure(settings)
    config = Config(
        partial(application, settings),
        factory=True,
        workers=settings.workers,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the application does that, for trusted proxies only
        timeout_graceful_shutdown=SECONDS_TO_DRAIN,
    )
    with listener, announced(database):
        migrate.upgrade(database)
        prepare(database)
        if settings.workers > 1:
            announce_setup(database, settings)
        database.dispose()
        print(say("serving", url=settings.public_url), flush=True)
        if settings.workers > 1:
            Multiprocess(config, [listener]).run()
            return
        with suppress(KeyboardInterrupt):
            Server(config).run([listener])


def application(settings: Settings) -> FastAPI:
    """The application of one server process."""
    with _loading():
        from app.main import create_app

        return create_app(settings)


@contextmanager
def _loading() -> Iterator[None]:
    """What is loaded stays: to look through it for garbage meanwhile costs a quarter of the start."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server listening there."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def ask_health(settings: Settings) -> tuple[str, str | None]:
    """The address asked, and what is wrong; None where the server is ready."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104  # compared
    url = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}/readyz"
    connection = HTTPConnection(host, settings.port, timeout=SECONDS_TO_ANSWER)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        said = answer.read(2000).decode(errors="replace").strip().replace("\n", ", ")
        return url, None if answer.status == 200 else f"{answer.status}: {said}"
    except (OSError, HTTPException) as error:
        return url, str(error) or type(error).__name__
    finally:
        connection.close()


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise Said(say("port_taken", host=host, port=port)) from error
        raise Said(say("cannot_listen", host=host, port=port, why=error.strerror)) from error
    listener.set_inheritable(True)
    return listener
