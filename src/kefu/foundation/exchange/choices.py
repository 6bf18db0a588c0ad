"""How far an import is, and how it is meant."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Mode(TextChoices):
    """What an import does with its rows."""

    DRY = "dry", _("只检查")
    COMMIT = "commit", _("全部导入")
    GOOD = "good", _("只导入正确的行")


class State(TextChoices):
    """Where an import stands."""

    OPEN = "open", _("已上传")
    CHECKING = "checking", _("检查中")
    CHECKED = "checked", _("已检查")
    WRITING = "writing", _("导入中")
    DONE = "done", _("已导入")
    REFUSED = "refused", _("没有导入")
    UNDOING = "undoing", _("撤销中")
    UNDONE = "undone", _("已撤销")


class Did(TextChoices):
    """What became of a row."""

    CREATED = "created", _("新增")
    UPDATED = "updated", _("更新")
    UNCHANGED = "unchanged", _("没有变化")
    BAD = "bad", _("有错")
