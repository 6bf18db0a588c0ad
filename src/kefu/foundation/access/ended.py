"""Why a browser that was logged in is not any more, in words for the person in front of it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kefu.organisation.choices import SessionEnd
from kefu.organisation.models import LoginSession

WORDS = {
    SessionEnd.LEFT: "",
    SessionEnd.LOCKED: "",
    SessionEnd.EXPIRED: _("太久没用，已经自动退出。请重新登录。"),
    SessionEnd.ELSEWHERE: _("您在另一处结束了这里的登录。请重新登录。"),
    SessionEnd.PASSWORD: _("密码改过了，请用新密码登录。"),
    SessionEnd.RESET: _("您的密码被重设了，请用新给的密码登录。"),
    SessionEnd.ROLE: _("您的角色或权限刚有变动，请重新登录；没保存的内容没有写入。"),
    SessionEnd.FACTOR: _("您的两步验证刚有变动，请重新登录。"),
    SessionEnd.ADMINISTRATOR: _("管理员结束了您的登录，请重新登录；有疑问请找管理员。"),
    SessionEnd.CLOSED: _("这个账号已停用。有疑问请找管理员。"),
}


def why_ended(request: HttpRequest) -> object:
    """The words for the session that this browser still carries; empty where it ended as the person wished, or none was."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    session = LoginSession.objects.filter(key=key).only("ended_why").first() if key else None
    if session is None:
        return ""
    return WORDS[SessionEnd(session.ended_why or SessionEnd.EXPIRED)]
