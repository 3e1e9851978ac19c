"""Who is asking, and whether they may: the dependencies by which routes declare their access.

    def weeks(team: VisibleTeam, session: DbSession) -> Response: ...

`Public`, `CurrentViewer`, `OptionalViewer`, `VisibleTeam`, `DraftTeam`, `WritableTeam`, `Administrator`.
Another team's thing is 404, too small a role is 403, nobody signed in leads to the sign-in page.

They call one another rather than depend on one another: each level that FastAPI resolves costs some ten
microseconds on the page that is asked for most.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from app.accounts import policy, sessions
from app.accounts.policy import Viewer
from app.accounts.queries import TEAM
from app.errors import Forbidden, NotFound, SignInNeeded
from app.web.access import Public, declares_access
from app.web.database import QuickReads

__all__ = [
    "Administrator",
    "CurrentViewer",
    "DraftTeam",
    "OptionalViewer",
    "Public",
    "TeamInView",
    "VisibleTeam",
    "WritableTeam",
]


@dataclass(frozen=True, slots=True)
class TeamInView:
    """A team as one person sees it: what the row says, and what the viewer may do there."""

    viewer: Viewer
    id: int
    slug: str
    name: str
    language: str
    time_zone: str
    week_rule: str
    pulse: int
    parent_id: int | None

    @property
    def may_write(self) -> bool:
        return policy.may_write(self.viewer, self.id)

    @property
    def may_see_drafts(self) -> bool:
        return policy.may_see_drafts(self.viewer, self.id)

    @property
    def role(self) -> str:
        """lead, manager, executive or administrator, for the masthead."""
        return policy.role_on(self.viewer, self.id)


async def optional_viewer(request: Request) -> Viewer | None:
    """The signed-in person, or None; looked up once a request."""
    state = request.state
    if not hasattr(state, "viewer"):
        state.viewer = await sessions.viewer_of(request, request.app.state.clock())
    viewer: Viewer | None = state.viewer
    return viewer


OptionalViewer = Annotated[Viewer | None, Depends(optional_viewer)]


@declares_access("signed_in")
async def current_viewer(request: Request) -> Viewer:
    """Anyone signed in."""
    viewer = await optional_viewer(request)
    if viewer is None:
        raise SignInNeeded("sign_in.needed")
    return viewer


CurrentViewer = Annotated[Viewer, Depends(current_viewer)]


@declares_access("administrator")
async def administrator(request: Request) -> Viewer:
    """Administrators only."""
    viewer = await current_viewer(request)
    if not policy.may_administer(viewer):
        raise Forbidden("role.administrator_needed")
    return viewer


Administrator = Annotated[Viewer, Depends(administrator)]


@declares_access("team.visible")
async def visible_team(request: Request, team: str) -> TeamInView:
    """The team of the path, for those with any role on it; 404 for everybody else."""
    viewer = await current_viewer(request)
    quick: QuickReads = request.app.state.quick
    rows = await quick.rows(TEAM, {"slug": team})
    if not rows or not policy.may_see_team(viewer, rows[0][0]):
        raise NotFound("team.not_found")
    found = TeamInView(viewer, *rows[0])
    request.state.team = found
    return found


VisibleTeam = Annotated[TeamInView, Depends(visible_team)]


@declares_access("team.drafts")
async def draft_team(team: VisibleTeam) -> TeamInView:
    """The team, for those who see weeks before they are published."""
    if not team.may_see_drafts:
        raise Forbidden("role.drafts_hidden")
    return team


DraftTeam = Annotated[TeamInView, Depends(draft_team)]


@declares_access("team.writable")
async def writable_team(team: VisibleTeam) -> TeamInView:
    """The team, for those who write its weeks."""
    if not team.may_write:
        raise Forbidden("role.lead_needed")
    return team


WritableTeam = Annotated[TeamInView, Depends(writable_team)]
