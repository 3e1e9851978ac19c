"""The web application: routers, middleware, error handlers, start and stop."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

import structlog
from fastapi import APIRouter, FastAPI
from starlette.middleware import Middleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app import features, migrate, paths
from app.accounts import account_routes, policy, settings_routes
from app.accounts import routes as accounts_routes
from app.accounts.access import optional_viewer
from app.accounts.shown import browser_name, team_options
from app.config import Settings
from app.db import Database
from app.incidents import routes as incident_routes
from app.metrics import annotation_routes, point_routes
from app.metrics import routes as metric_routes
from app.metrics import settings_routes as metric_settings_routes
from app.reports import (
    carried_routes,
    change_routes,
    edit_routes,
    goal_routes,
    live_routes,
    publication_routes,
    revision_routes,
    source_routes,
    start_routes,
)
from app.reports import routes as report_routes
from app.reports.kept_pages import KeptPages
from app.reports.live import People
from app.trends import export_routes, sharing_routes
from app.trends import routes as trend_routes
from app.web import errors, health, logs
from app.web.assets import Assets
from app.web.broadcast import Broadcast, when_told_to_stop
from app.web.clock import utc_now
from app.web.compression import Compression
from app.web.csrf import OwnPagesOnly
from app.web.database import Gate, QuickReads
from app.web.limits import BodyLimit
from app.web.security import SecurityHeaders
from app.web.templates import Templates

log = structlog.get_logger("weekline")


def create_app(settings: Settings | None = None, database: Database | None = None) -> FastAPI:
    """The whole application over one database."""
    settings = settings or Settings()
    features.join()
    assets = _static_files()
    app = FastAPI(
        title="Weekline",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        redirect_slashes=False,
        middleware=_middleware(settings),
    )
    app.state.settings = settings
    app.state.clock = utc_now
    app.state.find_viewer = optional_viewer
    app.state.database = database or Database(settings.database)
    app.state.gate = Gate(app.state.database)
    app.state.quick = QuickReads(app.state.database)
    app.state.broadcast = Broadcast(app.state.database)
    app.state.people = People(app.state.broadcast)
    app.state.assets = assets
    app.state.templates = Templates(assets)
    app.state.kept_pages = KeptPages()
    app.state.templates.add(
        role_on=policy.role_on,
        sees_several_teams=policy.sees_several_teams,
        team_options=team_options,
        browser_name=browser_name,
    )
    app.mount("/static", assets, name="static")
    for router in _routers():
        app.router.routes.extend(router.routes)  # include_router costs 25 µs a request, and 6 a route passed
    errors.install(app)
    return app


@cache
def _static_files() -> Assets:
    """Read, and compressed, once a process."""
    return Assets(paths.STATIC)


def _routers() -> list[APIRouter]:
    """Hot routes first: each route passed before the match costs a little."""
    return [
        report_routes.router,
        change_routes.router,
        revision_routes.router,
        publication_routes.router,
        source_routes.router,
        trend_routes.router,
        edit_routes.router,
        live_routes.router,
        carried_routes.router,
        goal_routes.router,
        start_routes.router,
        metric_routes.router,
        point_routes.router,
        annotation_routes.router,
        metric_settings_routes.router,
        incident_routes.router,
        export_routes.router,
        sharing_routes.router,
        accounts_routes.router,
        account_routes.router,
        settings_routes.router,
        health.router,
    ]


def _middleware(settings: Settings) -> list[Middleware]:
    """Outermost first."""
    behind_proxies = (
        [Middleware(ProxyHeadersMiddleware, trusted_hosts=settings.trusted_proxies)]
        if settings.trusted_proxies
        else []
    )
    return [
        *behind_proxies,
        Middleware(SecurityHeaders, https=settings.https),
        Middleware(Compression),
        Middleware(errors.LastResort),
        Middleware(OwnPagesOnly, public_url=settings.public_url, refuse=errors.refused),
        Middleware(BodyLimit, most=settings.max_body_bytes, refuse=errors.refused),
    ]


@cache
def _settle() -> None:
    """Once a process: what is loaded by now stays, so the garbage collector need not look at it again."""
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    logs.configure(app.state.settings)
    migrate.upgrade(app.state.database)
    if app.state.settings.workers == 1:  # several would each make a link of their own; their parent says it
        accounts_routes.announce_setup(app.state.database, app.state.settings)
    app.state.templates.warm_up()
    _settle()
    when_told_to_stop(app.state.broadcast.close)
    listening = asyncio.create_task(app.state.broadcast.listen())
    log.info("ready", url=app.state.settings.public_url)
    yield
    app.state.broadcast.close()
    listening.cancel()
    await asyncio.gather(listening, app.state.broadcast.settled(), return_exceptions=True)
    app.state.quick.close()
    app.state.database.dispose()
