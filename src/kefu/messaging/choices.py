"""Closed lists of messages and contacts."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Channel(TextChoices):
    """Ways in which words reach a person."""

    SMS = "sms", _("短信")
    WECHAT = "wechat", _("微信")
    EMAIL = "email", _("邮件")
    BELL = "bell", _("系统通知")


class Language(TextChoices):
    """In which language a customer is written to."""

    CHINESE = "zh-hans", _("中文")
    ENGLISH = "en", _("英文")


class Provider(TextChoices):
    """Who sends only what was registered there before."""

    ALIYUN = "aliyun", _("阿里云短信")
    TENCENT = "tencent", _("腾讯云短信")
    WECHAT = "wechat", _("微信公众号")

    @property
    def channel(self) -> Channel:
        """The way by which this provider reaches people."""
        return Channel.WECHAT if self is Provider.WECHAT else Channel.SMS


class ContactChannel(TextChoices):
    """Ways in which staff and customer talk."""

    PHONE = "phone", _("电话")
    WECHAT = "wechat", _("微信")
    SMS = "sms", _("短信")
    EMAIL = "email", _("邮件")
    VISIT = "visit", _("当面")
    LETTER = "letter", _("信件")


class Direction(TextChoices):
    """Who began."""

    OUT = "out", _("我方联系客户")
    IN = "in", _("客户联系我方")


class Purpose(TextChoices):
    """What the contact was about."""

    APPOINTMENT = "appointment", _("预约")
    REPORT = "report", _("检测与报告")
    PRODUCT = "product", _("产品")
    FOLLOWUP = "followup", _("回访")
    SURVEY = "survey", _("满意度")
    COMPLAINT = "complaint", _("投诉")
    GREETING = "greeting", _("问候")
    OTHER = "other", _("其他")


class Outcome(TextChoices):
    """How far the contact came."""

    REACHED = "reached", _("已沟通")
    CALL_LATER = "call_later", _("约好再联系")
    LEFT_MESSAGE = "left_message", _("已留言")
    NO_ANSWER = "no_answer", _("无人接听")
    REFUSED = "refused", _("不愿沟通")
    WRONG_NUMBER = "wrong_number", _("号码有误")


SAID_SOMETHING = frozenset({Outcome.REACHED, Outcome.REFUSED})
"""Outcomes of which must be kept what the customer said."""


class Withheld(TextChoices):
    """Why a message was not put on its way."""

    OPTED_OUT = "opted_out", _("客户不接收此类消息")
    NO_GREETINGS = "no_greetings", _("客户不要问候")
    DIED = "died", _("客户已去世")
    CLOSED = "closed", _("客户已停止服务")
    RESTRICTED = "restricted", _("客户的资料已限制使用")
    NO_CONSENT = "no_consent", _("客户没有同意用这种方式接收活动与问候")
    NO_ADDRESS = "no_address", _("没有可用的联系方式")
    INCOMPLETE = "incomplete", _("中心电话等资料没填，文字不完整")

    @property
    def said(self) -> str:
        """The code under which the trail keeps it and speaks it in each reader's language."""
        return f"messaging.withheld.{self.value}"
