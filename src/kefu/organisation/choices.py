"""Closed lists of the organisation; codes are those of the default content."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class NodeKind(TextChoices):
    """What a place in the tree is (ORG-009)."""

    HEAD_OFFICE = "head_office", _("总部")
    DEPARTMENT = "department", _("部门")
    CENTRE = "centre", _("直营分中心")
    OFFICE = "office", _("办事处")
    FRANCHISE = "franchise", _("加盟机构")
    PARTNER = "partner", _("合作单位")


class RoleScope(TextChoices):
    """How far a role reaches from the node it is granted at."""

    SELF = "self", _("本人")
    OWN_CUSTOMERS = "own_customers", _("本人客户")
    NODE = "node", _("本机构")
    SUBTREE = "subtree", _("本机构及下级")
    ALL = "all", _("全部")


class Level(IntegerChoices):
    """What a role may do with a function, in rising order (Annex 1)."""

    NONE = 0, _("无")
    OWN = 1, _("仅本人")
    VIEW = 2, _("可看")
    ACT = 3, _("可办")


class Sex(TextChoices):
    """Sex of a person."""

    FEMALE = "female", _("女")
    MALE = "male", _("男")


class SessionEnd(TextChoices):
    """Why somebody is no longer logged in at a screen."""

    LEFT = "left", _("本人退出")
    LOCKED = "locked", _("锁屏")
    EXPIRED = "expired", _("太久没用")
    ELSEWHERE = "elsewhere", _("本人在另一处结束")
    PASSWORD = "password", _("改了密码")
    RESET = "reset", _("密码被重设")
    ROLE = "role", _("角色有变动")
    FACTOR = "factor", _("两步验证有变动")
    ADMINISTRATOR = "administrator", _("管理员结束")
    CLOSED = "closed", _("账号停用")
