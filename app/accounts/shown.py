"""What templates show of people and teams. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

BROWSERS = (
    ("Edg/", "Edge"),
    ("MicroMessenger", "WeChat"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


class NamedTeam(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def parent_id(self) -> int | None: ...


def team_options(teams: Iterable[NamedTeam]) -> list[tuple[str, str]]:
    """Options of a select: teams below a department stand in a little."""
    return [(str(team.id), ("\u2003" if team.parent_id else "") + team.name) for team in teams]


def browser_name(agent: str | None) -> str:
    """`Firefox · Windows`, as far as the browser says."""
    if not agent:
        return "?"
    browser = next((name for sign, name in BROWSERS if sign in agent), agent[:40])
    system = next((name for sign, name in SYSTEMS if sign in agent), None)
    return f"{browser} · {system}" if system else browser
