"""A request as every view behind the login sees it."""

from datetime import datetime

from django.http import HttpRequest

from kefu.organisation.models import User


class StaffRequest(HttpRequest):
    """Of somebody who is logged in, with the moment that counts; the middleware of this package sees to both."""

    user: User
    at: datetime
