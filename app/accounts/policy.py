"""Who may do what, in one place. Pure: routes ask through `access.py`, templates ask the same functions.

A role on a department holds for its teams. An administrator may do everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Role = Literal["lead", "manager", "executive"]
ROLES: tuple[Role, ...] = ("lead", "manager", "executive")


@dataclass(frozen=True, slots=True)
class Viewer:
    """The signed-in person: who they are, and their roles by team id, inherited ones included."""

    user_id: int
    name: str
    display_name: str
    language: str | None = None
    is_administrator: bool = False
    roles: Mapping[int, frozenset[Role]] = field(default_factory=dict)

    def roles_in(self, team_id: int) -> frozenset[Role]:
        return self.roles.get(team_id, frozenset())


def may_see_team(viewer: Viewer, team_id: int) -> bool:
    """Any role on a team shows its published weeks, trends and incidents."""
    return viewer.is_administrator or bool(viewer.roles_in(team_id))


def may_see_drafts(viewer: Viewer, team_id: int) -> bool:
    """Leads and managers see weeks before they are published; executives do not."""
    return viewer.is_administrator or bool(viewer.roles_in(team_id) & {"lead", "manager"})


def may_write(viewer: Viewer, team_id: int) -> bool:
    """Leads write their team's weeks."""
    return viewer.is_administrator or "lead" in viewer.roles_in(team_id)


def sees_several_teams(viewer: Viewer) -> bool:
    """Whether there is a team to change to."""
    return viewer.is_administrator or len(viewer.roles) > 1


def may_administer(viewer: Viewer) -> bool:
    """People, teams and roles are the administrators' business."""
    return viewer.is_administrator


def role_on(viewer: Viewer, team_id: int | None) -> str:
    """The word for what the viewer is here: the widest role, `administrator` without one."""
    roles = (
        viewer.roles_in(team_id) if team_id is not None else frozenset[Role]().union(*viewer.roles.values())
    )
    for role in ("lead", "manager", "executive"):
        if role in roles:
            return role
    return "administrator" if viewer.is_administrator else "guest"
