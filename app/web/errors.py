"""Turns refusals and failures into answers that say what to do, in the person's language."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.db import Database
from app.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Refusal,
    SignInNeeded,
    StaleVersion,
    TooLarge,
    TooMany,
    Unavailable,
)
from app.web import urls
from app.web.answers import AlreadyAnswered
from app.web.forms import Again, Filled
from app.web.htmx import go_to, retarget, wants_fragment
from app.web.i18n import translation_of
from app.web.problems import problem as problem_details
from app.web.problems import wants_json
from app.web.templates import page

log = structlog.get_logger("weekline.web")
STATUS: dict[type[Refusal], int] = {
    NotFound: 404,
    Forbidden: 403,
    SignInNeeded: 401,
    Invalid: 422,
    TooLarge: 413,
    TooMany: 429,
    Conflict: 409,
    Unavailable: 503,
}
HTTP_KEYS = {
    400: "http.bad_request",
    403: "http.forbidden",
    404: "http.not_found",
    405: "http.method_not_allowed",
    413: "body.too_large_plain",
    422: "http.invalid",
}
RETRY_AFTER = 5


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure of the machine below: status, message key, and when to try again (seconds)."""

    status: int
    key: str
    retry_after: int | None = None


def install(app: FastAPI) -> None:
    """Register the handlers."""
    app.add_exception_handler(AlreadyAnswered, answered_already)
    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(DBAPIError, database_failed)
    app.add_exception_handler(PoolTimeout, database_failed)
    app.add_exception_handler(OSError, disk_failed)
    app.add_exception_handler(OverflowError, out_of_range)


async def answered_already(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, AlreadyAnswered)
    return problem.response


async def refused(request: Request, problem: Exception) -> Response:
    """The answer to a refusal, by its kind."""
    assert isinstance(problem, Refusal)
    if isinstance(problem, SignInNeeded):
        return await sign_in_first(request)
    await _find_viewer(request)
    status = next((code for kind, code in STATUS.items() if isinstance(problem, kind)), 400)
    message = translation_of(request).refusal(problem)
    headers = {}
    if isinstance(problem, TooMany):
        headers["Retry-After"] = str(problem.values.get("retry_after", 60))
    again: Again | None = getattr(request.state, "again", None)
    if again is None:
        return _show(request, status, problem.key, headers, problem)
    request.state.again = None
    try:
        shown = await run_in_threadpool(_form_again, request, again, problem.key, message, status)
    except Refusal as no_form:  # what the form is about is gone as well
        return await refused(request, no_form)
    shown.headers.update(headers)
    return shown


def _form_again(request: Request, again: Again, key: str, message: str, status: int) -> Response:
    database: Database = request.app.state.database
    with database.reading() as session:
        return again.show(session, Filled(again.typed, {again.fields.get(key, ""): message}), status)


async def sign_in_first(request: Request) -> Response:
    """To the sign-in page, and back to where the person was.

    Nothing typed is lost: a save in the background gets a 401 that says so and leaves the page as it is; a
    form that was sent comes back as a page from which it can be sent again.
    """
    if wants_fragment(request) or wants_json(request):
        return _show(request, 401, "signed_out")
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method in {"GET", "HEAD"}:
        return go_to(request, urls.sign_in(here))
    context = {"action": here, "fields": await _typed(request)}
    return page(request, "errors/signed_out.html", context, status=401)


async def _typed(request: Request) -> list[tuple[str, str]]:
    """The texts of the form that was sent, but no password and no file."""
    try:
        form = await request.form()
    except (HTTPException, RuntimeError):
        return []
    return [
        (name, value)
        for name, value in form.multi_items()
        if isinstance(value, str) and "password" not in name
    ]


async def _find_viewer(request: Request) -> None:
    """So that the page has the person's own masthead and language, if that can be found out just now."""
    with suppress(SQLAlchemyError, OSError):
        await request.app.state.find_viewer(request)


async def http_error(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    await _find_viewer(request)
    key = HTTP_KEYS.get(problem.status_code, "http.bad_request")
    return _show(request, problem.status_code, key, dict(problem.headers or {}))


async def invalid(request: Request, problem: Exception) -> Response:
    """A field is missing, too long or not what it should be."""
    assert isinstance(problem, RequestValidationError)
    await _find_viewer(request)
    errors = problem.errors()
    in_path = any(error["loc"][0] == "path" for error in errors)
    if in_path:
        return _show(request, 404, "http.not_found")
    too_large = any(error["type"] == "field_too_large" for error in errors)
    field = str(errors[0]["loc"][-1]) if errors else ""
    key = "field.too_large" if too_large else "field.invalid"
    return _show(request, 422, key, field=field)


async def database_failed(request: Request, problem: Exception) -> Response:
    """The database is lost, locked, full or read-only: say which, and when to try again."""
    failure = failure_of(problem)
    if failure is None:
        raise problem
    log.error("database failed", kind=failure.key, path=request.url.path, error=type(problem).__name__)
    headers = {"Retry-After": str(failure.retry_after)} if failure.retry_after else {}
    return _show(request, failure.status, failure.key, headers)


async def out_of_range(request: Request, problem: Exception) -> Response:
    """A number in an address or a form that no row can have: SQLite's driver refuses it before asking."""
    return _show(request, 404, "http.not_found")


async def disk_failed(request: Request, problem: Exception) -> Response:
    failure = failure_of(problem)
    if failure is None:
        raise problem
    log.error("disk failed", kind=failure.key, path=request.url.path)
    return _show(request, failure.status, failure.key)


def failure_of(problem: Exception) -> Failure | None:
    """What kind of failure it is, from the driver's own words; None for a mistake of the program."""
    if isinstance(problem, OSError) and not isinstance(problem, DBAPIError):
        if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
            return Failure(507, "disk.full")
        return Failure(503, "disk.read_only") if problem.errno == errno.EROFS else None
    words = str(getattr(problem, "orig", problem)).lower()
    state = getattr(getattr(problem, "orig", None), "sqlstate", None) or ""
    if "disk is full" in words or state == "53100":
        return Failure(507, "disk.full")
    if "readonly" in words or "read-only" in words or state == "25006":
        return Failure(503, "disk.read_only")
    if isinstance(problem, DataError):  # a NUL, or a number out of range
        return Failure(422, "http.invalid")
    lost = isinstance(problem, OperationalError | InterfaceError | PoolTimeout)
    if lost or getattr(problem, "connection_invalidated", False):
        return Failure(503, "database.lost", RETRY_AFTER)
    return None


def _show(
    request: Request,
    status: int,
    key: str,
    headers: Mapping[str, str] | None = None,
    problem: Refusal | None = None,
    **values: Any,
) -> Response:
    message = (
        translation_of(request).refusal(problem) if problem else translation_of(request).key(key, **values)
    )
    if wants_json(request):
        details = problem.details if problem else {}
        return problem_details(status, key, message, headers=headers, **details)
    stale = isinstance(problem, StaleVersion)
    context = {"status": status, "message": message, "problem": problem}
    if not wants_fragment(request):
        name = "errors/stale.html" if stale else "errors/page.html"
        return page(request, name, context, status=status, headers=headers)
    if isinstance(problem, StaleVersion):
        answer = page(request, "errors/_stale.html", context, status=status, headers=headers)
        return retarget(answer, f"#state-{problem.subject}", swap="outerHTML")
    answer = page(request, "errors/_error.html", context, status=status, headers=headers)
    return retarget(answer, "#notices")


class LastResort:
    """Answers what nothing else caught with a page that tells nothing of the inside; the server logs it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception:
            if not started:
                request = Request(scope, receive)
                response = _show(request, 500, "http.crash")
                await response(scope, receive, send)
            raise


__all__ = ["Failure", "LastResort", "failure_of", "install", "refused"]
