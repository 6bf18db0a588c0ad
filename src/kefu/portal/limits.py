"""Numbers of the customers' own pages, and what is not offered there."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.limits.registry import limit

CODE_MINUTES = limit("portal.code_minutes", 5, _("客户验证码几分钟内有效"), unit="minutes", source="SEC-001")
CODE_TRIES = limit("portal.code_tries", 5, _("客户验证码输错几次后锁定"), unit="times", source="SEC-001")
LOCK_MINUTES = limit("portal.lock_minutes", 15, _("验证码输错后，号码锁定多久"), unit="minutes", source="SEC-001")
CODES_OF_PHONE = limit("portal.codes_of_phone", 5, _("一个号码一小时最多发几个验证码"), unit="times", source="SEC-001")
CODES_OF_ADDRESS = limit(
    "portal.codes_of_address", 30, _("一个网络地址一小时最多发几个验证码"), unit="times", source="SEC-001"
)
GUESSES_OF_ADDRESS = limit(
    "portal.guesses_of_address", 30, _("一个网络地址一小时最多输错几次验证码"), unit="times", source="SEC-001"
)
VISIT_HOURS = limit("portal.visit_hours", 12, _("客户登录后多久要重新验证"), unit="hours", source="SEC-001")
VISIT_DAYS = limit("portal.visit_days", 7, _("客户登录的记录保留多少天"), unit="days", source="SEC-001")
OFFLINE_CENTRES = limit(
    "portal.offline_centres", "none", _("不在网上预约的中心（写编码，用逗号隔开；none 是都能约）"), source="APT-001"
)
OFFLINE_DOCTORS = limit(
    "portal.offline_doctors", "none", _("不在网上预约的医生（写工号，用逗号隔开；none 是都能约）"), source="APT-001"
)
OFFLINE_TYPES = limit(
    "portal.offline_types", "none", _("不在网上预约的事项（写编码，用逗号隔开；none 是都能约）"), source="APT-001"
)
