"""What kind of event an audit row tells."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """Kinds of audit rows."""

    CHANGE = "change", _("变更")
    READ = "read", _("查看")
    REVEAL = "reveal", _("查看完整信息")
    PRINT = "print", _("打印")
    EXPORT = "export", _("导出")
    REFUSED = "refused", _("被拒绝")
