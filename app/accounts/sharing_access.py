"""Who comes with a shared link: nobody in particular, who may see one team's trend page and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends

from app.accounts.access import TeamInView
from app.accounts.policy import Viewer
from app.accounts.sharing import find_shared_link
from app.web.access import declares_access
from app.web.clock import Now
from app.web.database import DbSession


@dataclass(frozen=True, slots=True)
class SharedPage:
    """The trend page that a link shows: its team, the state it opens with, and when it ends."""

    link_id: int
    team: TeamInView
    query: str
    expires_at: datetime
    seen_at: datetime | None


@declares_access("shared link")
def shared_page(token: str, session: DbSession, now: Now) -> SharedPage:
    """What the link shows, whoever brings it, signed in or not."""
    link, team = find_shared_link(session, token, at=now)
    reader = Viewer(user_id=0, name="", display_name="", roles={team.id: frozenset({"executive"})})
    in_view = TeamInView(
        reader,
        team.id,
        team.slug,
        team.name,
        team.language,
        team.time_zone,
        team.week_rule,
        team.pulse,
        team.parent_id,
    )
    return SharedPage(link.id, in_view, link.query, link.expires_at, link.seen_at)


ShownByLink = Annotated[SharedPage, Depends(shared_page)]
