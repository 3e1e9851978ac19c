"""The only place that knows htmx's headers."""

from __future__ import annotations

from fastapi import Request, Response


def wants_fragment(request: Request) -> bool:
    """Whether htmx asked, and will put the answer into the page that is open."""
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-boosted") != "true"


def go_to(request: Request, url: str, *, status: int = 303) -> Response:
    """Send the browser to another page: a redirect, or htmx's own header for one."""
    if wants_fragment(request):
        return Response(status_code=200, headers={"HX-Redirect": url})
    return Response(status_code=status, headers={"Location": url})


def retarget(response: Response, selector: str, *, swap: str = "innerHTML") -> Response:
    """Put the answer elsewhere than the page had asked."""
    response.headers["HX-Retarget"] = selector
    response.headers["HX-Reswap"] = swap
    return response


def trigger(response: Response, event: str) -> Response:
    """Make htmx fire an event in the page once the answer is there."""
    response.headers["HX-Trigger"] = event
    return response
