"""What a shared desk's browser remembers between two people: whose screen is locked, and where each of them was.

It lives in the session of nobody, so a locked screen is a screen at which nobody is logged in.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

KEY = "desk"
MOST = 6


@dataclass
class Desk:
    """`locked` is the user whose screen waits; `places` maps user ids to the page each one left, latest last.

    `proof` is that of a locked session which had passed the second factor: behind the lock only the password is asked again.
    """

    locked: int | None = None
    places: dict[int, str] = field(default_factory=dict)
    proof: str = ""

    def leave(self, user_id: int, place: str) -> None:
        """Remember where somebody was, forgetting whoever came longest ago."""
        self.places.pop(user_id, None)
        self.places[user_id] = place
        while len(self.places) > MOST:
            del self.places[next(iter(self.places))]

    def write(self, session: SessionBase) -> None:
        """Keep it in the browser's session."""
        places = [[user, place] for user, place in self.places.items()]
        session[KEY] = {"locked": self.locked, "places": places, "proof": self.proof}


def desk_of(session: SessionBase) -> Desk:
    """What the browser's session remembers."""
    kept = session.get(KEY) or {}
    return Desk(kept.get("locked"), dict(kept.get("places", [])), kept.get("proof", ""))


def safe_place(request: HttpRequest, place: str, otherwise: str = "/") -> str:
    """A page of this installation to go to, never another site, nor the lock itself."""
    ours = url_has_allowed_host_and_scheme(place, {request.get_host()}, require_https=request.is_secure())
    return place if place and ours and not place.startswith(("/lock/", "/login/", "/logout/")) else otherwise
