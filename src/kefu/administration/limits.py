"""Numbers of the door."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.limits.registry import limit

LOGIN_FAILURES = limit("access.login_failures", 5, _("连续输错几次密码后锁定"), unit="times", source="SEC-001")
LOCK_MINUTES = limit("access.lock_minutes", 15, _("输错密码后锁定多久"), unit="minutes", source="SEC-001")
INVITATION_DAYS = limit("access.invitation_days", 3, _("邀请邮件里的链接几天内有效"), unit="days", source="SEC-001")
RESET_MINUTES = limit("access.reset_minutes", 60, _("重设密码的链接几分钟内有效"), unit="minutes", source="SEC-001")
RESETS_AN_HOUR = limit(
    "access.resets_an_hour", 3, _("一个账号一小时最多发几封重设邮件"), unit="times", source="SEC-001"
)
SESSION_HISTORY_DAYS = limit("access.session_history_days", 90, _("结束的登录保留多久"), unit="days", source="SEC-001")
SECOND_FACTOR_ROLES = limit(
    "access.second_factor_roles", "none", _("必须用两步验证的角色（写角色编码，用逗号隔开；none 是都不强制）"), source="SEC-001"
)  # fmt: skip
