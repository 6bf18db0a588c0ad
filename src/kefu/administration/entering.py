"""On the way in: the password was right, something is still asked before the session begins.

It lives in the session of nobody, for ten minutes, and only as long as password and rights stay what they were.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from kefu.administration.desk import desk_of, safe_place
from kefu.administration.queries.factors import has_factor, must_have_factor
from kefu.administration.seats import sit_down
from kefu.organisation.models import User

KEY = "entering"
PASSED = "factor_passed"
PATIENCE = timedelta(minutes=10)


@dataclass
class Entering:
    """Who is on the way in, where to, since when; `proof` binds it to the password, `passed` says the code was given."""

    user_id: int
    place: str
    since: str
    proof: str
    passed: bool = False

    def write(self, request: HttpRequest) -> None:
        """Keep it in the browser's session."""
        request.session[KEY] = asdict(self)


def come_in(request: HttpRequest, user: User, asked: str, at: datetime) -> HttpResponseBase:
    """After the password: lead to what is still asked, else begin the session where the person was or wanted to be."""
    desk = desk_of(request.session)
    place = safe_place(request, asked) if asked else desk.places.get(user.pk, "/")
    proof = user.get_session_auth_hash()
    behind_lock = desk.locked == user.pk and desk.proof == proof
    return go_on(request, Entering(user.pk, place, at.isoformat(), proof, behind_lock), user, at)


def go_on(request: HttpRequest, entering: Entering, user: User, at: datetime) -> HttpResponseBase:
    """The next page on the way in, or the place the person was going to."""
    step = next_step(entering, user, at)
    if step:
        entering.write(request)
        return redirect(step)
    take_seat(request, entering, user, at)
    return redirect(entering.place)


def take_seat(request: HttpRequest, entering: Entering, user: User, at: datetime) -> None:
    """Begin the session; the desk is nobody else's any more."""
    desk = desk_of(request.session)
    same, token = desk.locked == user.pk, request.META.get("CSRF_COOKIE")
    request.session.pop(KEY, None)
    sit_down(request, user, at)
    if same and token:
        request.META["CSRF_COOKIE"] = token  # the same person's other tabs hold forms with this token
    request.session[PASSED] = entering.passed
    desk.locked, desk.proof = None, ""
    desk.write(request.session)


def entering_of(request: HttpRequest, at: datetime) -> tuple[Entering, User] | None:
    """Who is on the way in at this browser, unless it took too long or something changed meanwhile."""
    kept = request.session.get(KEY)
    if not kept:
        return None
    entering = Entering(**kept)
    user = User.objects.filter(pk=entering.user_id, is_active=True, is_system=False).first()
    late = at - datetime.fromisoformat(entering.since) > PATIENCE
    if user is None or late or user.get_session_auth_hash() != entering.proof:
        request.session.pop(KEY, None)
        return None
    return entering, user


def next_step(entering: Entering, user: User, at: datetime) -> str:
    """The name of the page that asks what is still missing; empty when the session may begin."""
    if has_factor(user) and not entering.passed:
        return "login_code"
    if user.must_change_password:
        return "first_password"
    if not has_factor(user) and must_have_factor(user, at):
        return "login_factor"
    return ""
