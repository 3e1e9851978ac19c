"""Every route says who may call it. A route whose signature declares no access fails a test.

`@declares_access("team.visible")` marks a dependency that lets people in or refuses them; `Public` marks
the routes that anyone may call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any, TypeVar

from fastapi import Depends
from fastapi.dependencies.models import Dependant

F = TypeVar("F", bound=Callable[..., Any])


def declares_access(name: str) -> Callable[[F], F]:
    """Mark a dependency as the one that decides; `name` is its row in the table of expected answers."""

    def mark(dependency: F) -> F:
        dependency.__access__ = name  # type: ignore[attr-defined]  # functions take attributes
        return dependency

    return mark


@declares_access("public")
async def public() -> None:
    """Anyone may call this route, signed in or not."""


Public = Annotated[None, Depends(public)]


def declared_access(dependant: Dependant) -> set[str]:
    """The names of all accesses that a route's dependencies declare."""
    return set(_names(dependant))


def _names(dependant: Dependant) -> Iterator[str]:
    name = getattr(dependant.call, "__access__", None)
    if name is not None:
        yield name
    for child in dependant.dependencies:
        yield from _names(child)
