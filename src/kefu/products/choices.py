"""Closed lists of the catalogue."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Policy(TextChoices):
    """In which order lots leave (STK-005)."""

    FEFO = "fefo", _("先到期先出")
    FIFO = "fifo", _("先入库先出")


class RangeSex(TextChoices):
    """For whom a reference range holds."""

    ANY = "any", _("不限")
    FEMALE = "female", _("女")
    MALE = "male", _("男")


class SamplingSite(TextChoices):
    """Where a sample may be taken."""

    CENTRE = "centre", _("到中心采样")
    HOME = "home", _("在家采样")


class Flag(TextChoices):
    """What a result says against its reference range; NONE: no range fits, so nothing is said."""

    NORMAL = "normal", _("正常")
    LOW = "low", _("偏低")
    HIGH = "high", _("偏高")
    CRITICAL_LOW = "critical_low", _("危急偏低")
    CRITICAL_HIGH = "critical_high", _("危急偏高")
    NONE = "none", _("无参考范围")


class Fact(TextChoices):
    """What is told of a product; which of it a category needs before a product goes on sale is data (PRD-015)."""

    SPECIFICATION = "specification", _("规格")
    MATERIAL = "material", _("成分或材质")
    MEASUREMENTS = "measurements", _("净含量和尺寸")
    FEATURES = "features", _("特点")
    CAUTIONS = "cautions", _("注意事项")
    PICTURE = "picture", _("图片")
    BARCODE = "barcode", _("条码")


class ReportState(TextChoices):
    """How an error found in a fact was settled."""

    OPEN = "open", _("待处理")
    CORRECTED = "corrected", _("已更正")
    ANSWERED = "answered", _("资料无误")


class PriceKind(TextChoices):
    """A promotion goes before a list price."""

    LIST = "list", _("价目")
    PROMOTION = "promotion", _("促销价")


class LabelKind(TextChoices):
    """What a shelf lacks."""

    PRICE = "price", _("价签")
    BARCODE = "barcode", _("条码")


class Season(TextChoices):
    """What a promotion is planned for."""

    SPRING = "spring", _("春季")
    SUMMER = "summer", _("夏季")
    AUTUMN = "autumn", _("秋季")
    WINTER = "winter", _("冬季")


class PromotionState(TextChoices):
    """A plan, and what became of it."""

    PLANNED = "planned", _("待审批")
    APPROVED = "approved", _("已批准")
    DECLINED = "declined", _("未批准")
    DROPPED = "dropped", _("已撤回")


PROMOTION_TONES = {
    PromotionState.PLANNED: ("soon", "hourglass"),
    PromotionState.APPROVED: ("done", "check"),
    PromotionState.DECLINED: ("late", "x"),
    PromotionState.DROPPED: ("quiet", "x"),
}
