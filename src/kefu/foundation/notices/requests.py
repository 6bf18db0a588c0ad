"""The request of a page: somebody is logged in, and the clock was read."""

from datetime import datetime

from django.http import HttpRequest

from kefu.organisation.models import User


class StaffRequest(HttpRequest):
    """What the middlewares have made of a request when a view behind the login sees it. For annotations."""

    user: User
    at: datetime
