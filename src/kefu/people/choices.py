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
    EXPIRED = "expired", _("必备证书已过期")


class EntryKind(TextChoices):
    """What is kept about a doctor's work besides the certificates."""

    TRAINING = "training", _("培训")
    CASE = "case", _("成功案例")


class CredentialKind(TextChoices):
    """What a certificate says somebody is or may do."""

    PHYSICIAN = "physician", _("医师资格证书")
    PRACTICE = "practice", _("医师执业证书")
    TITLE = "title", _("职称证书")
    HEALTH_MANAGER = "health_manager", _("健康管理师证书")
    NUTRITION = "nutrition", _("营养师证书")
    PSYCHOLOGY = "psychology", _("心理咨询师证书")
    HEALTH_CARD = "health_card", _("健康证")
    OTHER = "other", _("其他证书")


class Attribute(TextChoices):
    """What other rules need to know about a colleague, each with the day from which it is so (ORG-015)."""

    JOB_TYPE = "job_type", _("工种")
    SKILL = "skill", _("技能等级")
    SHIFT_GROUP = "shift_group", _("班组")
    STAGE = "stage", _("用工阶段")
    RESERVE = "reserve", _("储备人员")
    PART_TIME = "part_time", _("兼职人员")
    LOCKER = "locker", _("更衣柜")


class Skill(TextChoices):
    """How well somebody does the work."""

    BEGINNER = "beginner", _("初级")
    SKILLED = "skilled", _("中级")
    EXPERT = "expert", _("高级")
    KEY = "key", _("骨干")


class WorkStage(TextChoices):
    """How far somebody has come here."""

    TRAINEE = "trainee", _("培训期")
    PROBATION = "probation", _("试用期")
    REGULAR = "regular", _("正式")


class YesNo(TextChoices):
    """A flag, as it is kept in the history."""

    YES = "yes", _("是")
    NO = "no", _("否")


class LeavingReason(TextChoices):
    """Why somebody leaves (ORG-016)."""

    PAY = "pay", _("薪资待遇")
    CAREER = "career", _("个人发展")
    FAMILY = "family", _("家庭原因")
    HEALTH = "health", _("健康原因")
    WORKLOAD = "workload", _("工作强度")
    PROBATION = "probation", _("试用期未通过")
    DISMISSED = "dismissed", _("公司辞退")
    RETIRED = "retired", _("退休")
    CONTRACT = "contract", _("合同到期")
    OTHER = "other", _("其他原因")
    UNSTATED = "unstated", _("没有写明")


class LeavingTask(TextChoices):
    """What has to be done besides handing over."""

    CREDENTIALS = "credentials", _("共用账号和密码已更换")
    DEVICES = "devices", _("电脑、手机、门卡已收回")
    LOCKER = "locker", _("更衣柜已清空，钥匙已收回")
    PAPERS = "papers", _("纸质资料已交回")


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
