"""Closed lists of the registers."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Employment(TextChoices):
    """How a doctor works here."""

    FULL_TIME = "full_time", _("专职")
    PART_TIME = "part_time", _("兼职")


class Hindrance(TextChoices):
    """What keeps a doctor from seeing customers; empty: nothing."""

    NONE = "", _("可以接诊")
    NOT_REGISTERED = "not_registered", _("没有登记")
    NOT_CERTIFIED = "not_certified", _("没有资格认证")
    NO_AGREEMENT = "no_agreement", _("没有兼职协议")


class EntryKind(TextChoices):
    """What is kept about a doctor's work besides the certificates."""

    TRAINING = "training", _("培训")
    CASE = "case", _("成功案例")


class InstitutionKind(TextChoices):
    """What an institution is."""

    ORGANISATION = "organisation", _("企业单位")
    INSTITUTION = "institution", _("机构")
    INDIVIDUAL = "individual", _("个人")


class Part(TextChoices):
    """What an institution is to the house."""

    PARTNER = "partner", _("合作单位")
    FRANCHISE = "franchise", _("加盟机构")
    MANUFACTURER = "manufacturer", _("生产厂家")
    WORKSHOP = "workshop", _("外加工厂")
    COURIER = "courier", _("快递公司")
    CARRIER = "carrier", _("班车与物流")
    SURVEY_INSTITUTION = "survey_institution", _("第三方调查机构")


BY_AGREEMENT = frozenset({Part.PARTNER, Part.FRANCHISE})
"""Parts that rest on a signed agreement."""


class Cooperation(TextChoices):
    """How the house works together with a partner."""

    REFERRAL = "referral", _("客户转介")
    FRANCHISE = "franchise", _("品牌加盟")
    SAMPLING = "sampling", _("样本代采")
    SUPPLY = "supply", _("产品供应")
    SERVICE = "service", _("委托服务")


class Quality(TextChoices):
    """How well a region is served."""

    GOOD = "good", _("好")
    FAIR = "fair", _("一般")
    POOR = "poor", _("差")
