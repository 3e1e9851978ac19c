"""What went wrong, as one clear line for the person at the terminal."""

from __future__ import annotations

import errno
import sys
from typing import TYPE_CHECKING

from app.console.texts import LANGUAGE, say
from app.errors import Refusal

if TYPE_CHECKING:
    from pydantic import ValidationError
    from sqlalchemy.exc import SQLAlchemyError

_FULL = (errno.ENOSPC, errno.EDQUOT)


class Said(Exception):
    """Ends the command with the line it holds."""

    def __init__(self, line: str, status: int = 1) -> None:
        super().__init__(line)
        self.line = line
        self.status = status


def explained(error: BaseException) -> list[str] | None:
    """The lines to show for an error; None for one that is a fault of the program itself.

    Libraries are looked at only if they are loaded: an error of theirs cannot come from elsewhere.
    """
    if isinstance(error, Said):
        return [error.line]
    if isinstance(error, KeyboardInterrupt):
        return [say("interrupted")]
    if isinstance(error, Refusal):
        return [refusal_text(error.key, **error.values)]
    if "sqlalchemy.exc" in sys.modules:
        from sqlalchemy.exc import SQLAlchemyError

        if isinstance(error, SQLAlchemyError):
            return _database(error)
    if "pydantic" in sys.modules:
        from pydantic import ValidationError

        if isinstance(error, ValidationError) and error.title == "Settings":
            return _settings(error)
    if "pydantic_settings" in sys.modules:
        from pydantic_settings import SettingsError

        if isinstance(error, SettingsError):
            return [say("setting", name="WEEKLINE_*", why=str(error))]
    if isinstance(error, ModuleNotFoundError) and "sqlalchemy" in sys.modules:
        return [say("bad_address")]  # a database driver that is not installed
    if isinstance(error, OSError):
        return [_file(error)]
    return None


def refusal_text(key: str, **values: object) -> str:
    """The message of a refusal in the terminal's language."""
    from app.web.i18n import translate  # late: it loads the catalogues

    return translate(LANGUAGE).key(key, **values)


def _file(error: OSError) -> str:
    path = str(error.filename2 or error.filename or "")
    if error.errno in _FULL:
        return say("disk_full", where=f" ({path})" if path else "")
    return say("file", path=path or "weekline", why=error.strerror or str(error))


def _settings(error: ValidationError) -> list[str]:
    lines = []
    for problem in error.errors(include_url=False, include_input=False):
        name = "_".join(str(part) for part in problem["loc"]).upper()
        why = problem["msg"].removeprefix("Value error, ")
        lines.append(say("setting", name=f"WEEKLINE_{name}" if name else "WEEKLINE_*", why=why))
    return lines


def _database(error: SQLAlchemyError) -> list[str] | None:
    from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, NoSuchModuleError, OperationalError
    from sqlalchemy.exc import TimeoutError as PoolTimeout

    if isinstance(error, ArgumentError | NoSuchModuleError):
        return [say("bad_address")]
    if isinstance(error, PoolTimeout):
        return [say("database_busy", why=str(error).splitlines()[0])]
    if not isinstance(error, DBAPIError):
        return None
    why = (str(error.orig).strip().splitlines() or [""])[0]
    if "is full" in why or "No space left" in why:
        return [say("disk_full", where="")]
    if "disk I/O error" in why:
        return [say("disk_error", why=why)]
    if "readonly" in why or "read-only" in why or "unable to open" in why:
        return [say("read_only", why=why)]
    if "locked" in why or "timeout" in why:
        return [say("database_busy", why=why)]
    if "not a database" in why or "malformed" in why:
        return [say("not_a_database", why=why)]
    lost = isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated
    return [say("no_database", why=why)] if lost else None
