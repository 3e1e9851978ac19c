"""Refusals of the program. They know nothing of HTTP; `app/web/errors.py` turns them into answers.

Each carries a message key (translated for the user) and the values that belong into the message.
"""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """Base of all refusals: `key` names the message, `values` fill it.

    `details` are told, besides, to a script that asked for JSON.
    """

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key)
        self.key = key
        self.values = values
        self.details: dict[str, Any] = {}


class NotFound(Refusal):
    """There is no such thing, or it is another team's."""


class Forbidden(Refusal):
    """The thing may be seen, but the role is too small for this."""


class SignInNeeded(Refusal):
    """Nobody is signed in."""


class Invalid(Refusal):
    """What was sent cannot be taken; the message says what to do."""


class TooLarge(Refusal):
    """A body, a field or a file is over its limit."""


class TooMany(Refusal):
    """Tried too often; `retry_after` in `values` is in seconds."""


class Unavailable(Refusal):
    """The machine lacks what is needed; whoever runs it can help."""


class Conflict(Refusal):
    """The state does not allow it, or somebody else changed it meanwhile."""


class StaleVersion(Conflict):
    """An edit named a version that is no longer the newest: all three texts are kept.

    `base` is the text the editor started from (None where unknown), `theirs` what is stored now,
    `mine` what was sent in the form field `field`, `version` the stored version to name on a retry;
    `others` are the form's other fields, to be sent again. `subject` names what is edited (`item-12`).
    """

    def __init__(
        self,
        *,
        base: str | None,
        theirs: str,
        mine: str,
        version: int | str,
        subject: str,
        by: str | None = None,
        field: str = "text",
        others: dict[str, str] | None = None,
    ) -> None:
        super().__init__("stale_version", by=by)
        self.base = base
        self.theirs = theirs
        self.mine = mine
        self.version = version
        self.subject = subject
        self.by = by
        self.field = field
        self.others = others or {}
