"""What the views are given."""

from datetime import datetime

from django.http import HttpRequest

from kefu.organisation.models import User


class StaffRequest(HttpRequest):
    """A request of somebody logged in, with the moment that counts."""

    user: User
    at: datetime
