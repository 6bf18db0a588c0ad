"""Templates in versions, messages with what became of them, contacts, and who wants no greetings."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.customers.models import Customer
from kefu.foundation.outbox.choices import State
from kefu.foundation.outbox.models import OutboxMessage
from kefu.kernel.lunar import LunarDay
from kefu.messaging.choices import Channel, ContactChannel, Direction, Language, Outcome, Provider, Purpose, Withheld

REACHING = [(one.value, one.label) for one in (Channel.WECHAT, Channel.SMS, Channel.EMAIL)]
USER = settings.AUTH_USER_MODEL
CODE_LENGTH = 64


class Template(models.Model):
    """One version of the words for one occasion; the latest counts, earlier ones stay with the messages they made."""

    code = models.CharField(_("编码"), max_length=60)
    version = models.PositiveSmallIntegerField(_("版本"))
    current = models.BooleanField(default=True)
    group = models.CharField(_("分类"), max_length=20)
    audience = ArrayField(models.CharField(max_length=40))
    channels = ArrayField(models.CharField(max_length=10, choices=Channel.choices))
    variables = ArrayField(models.CharField(max_length=40))
    zh = models.TextField(_("中文"))
    en = models.TextField(_("英文"), blank=True)
    email_subject = models.CharField(_("邮件标题"), max_length=100, blank=True)
    email_body = models.TextField(_("邮件正文"), blank=True)
    wechat_first = models.TextField(_("微信首句"), blank=True)
    wechat_remark = models.CharField(_("微信备注"), max_length=200, blank=True)
    needs_consent = models.BooleanField(_("客户可拒收"), default=False)
    opt_out_required = models.BooleanField(_("须写明如何拒收"), default=False)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="template_version_once"),
            models.UniqueConstraint(fields=["code"], condition=Q(current=True), name="template_one_current"),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class ProviderTemplate(models.Model):
    """What a provider calls its registered copy of one version of our words in one language, and its variables in their order (NFR-002)."""

    template = models.ForeignKey(Template, models.PROTECT, related_name="registrations")
    provider = models.CharField(_("服务商"), max_length=10, choices=Provider.choices)
    language = models.CharField(_("语言"), max_length=10, choices=Language.choices)
    code = models.CharField(_("服务商的模板编号"), max_length=CODE_LENGTH)
    places = models.JSONField(_("变量"), help_text=_("服务商的变量名和我们的内容，按服务商的顺序"))
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "provider", "language"], name="provider_template_once"),
            models.CheckConstraint(name="provider_template_named", condition=~Q(code="")),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.code}"


class Message(models.Model):
    """One message to one customer: the words, where they went, and by the outbox what became of them."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="messages")
    template = models.ForeignKey(Template, models.PROTECT, related_name="messages")
    key = models.CharField(max_length=110, unique=True)
    channel = models.CharField(_("渠道"), max_length=10, choices=Channel.choices, blank=True)
    address = models.CharField(_("发往"), max_length=120, blank=True)
    title = models.CharField(_("标题"), max_length=100, blank=True)
    body = models.TextField(_("内容"))
    outbox = models.OneToOneField(OutboxMessage, models.PROTECT, null=True, related_name="+")
    instead_of = models.OneToOneField("self", models.PROTECT, null=True, related_name="replacement")
    withheld = models.CharField(_("没有发出的原因"), max_length=12, choices=Withheld.choices, blank=True)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="message_left_or_withheld", condition=Q(withheld="") ^ Q(outbox__isnull=True)),
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="message_latest"),
            models.Index(fields=["customer", "-at", "-id"], name="message_of_customer"),
        ]

    @property
    def state(self) -> str:
        """The state of its delivery (a `State` of the outbox), or `withheld` when it was never put on its way."""
        return State(self.outbox.state).value if self.outbox else "withheld"


class MessageCost(models.Model):
    """What one sending of a message costs: text messages counted by the provider, at the price of that day."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="costs")
    parts = models.PositiveSmallIntegerField(_("条数"))
    amount = models.DecimalField(_("费用"), max_digits=8, decimal_places=3)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="message_cost_at")]
        constraints = [
            models.CheckConstraint(name="message_cost_not_negative", condition=Q(amount__gte=0, parts__gte=1)),
        ]


class ContactAttempt(models.Model):
    """Somebody of ours and the customer talked, or tried to."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="contact_attempts")
    channel = models.CharField(_("方式"), max_length=10, choices=ContactChannel.choices)
    direction = models.CharField(_("方向"), max_length=4, choices=Direction.choices)
    purpose = models.CharField(_("事由"), max_length=12, choices=Purpose.choices)
    outcome = models.CharField(_("结果"), max_length=12, choices=Outcome.choices)
    note = models.TextField(_("说了什么"), blank=True)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["customer", "-at", "-id"], name="contact_of_customer"),
            models.Index(fields=["subject_kind", "subject_id"], name="contact_subject"),
        ]


class OptOut(models.Model):
    """From when until when a customer wants no messages that need consent: greetings, activities (FUP-008)."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="opt_outs")
    reason = models.CharField(_("客户怎么说"), max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    ended_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="opt_out_end_says_who",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            )
        ]


class HeardPost(models.Model):
    """The proof of a post, and what was posted with it, for as long as it could be used again."""

    stamp = models.CharField(max_length=120, unique=True)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)


class Wish(models.Model):
    """How a customer likes to be written to: in which language, by which way, on which birthday, and whether not to be greeted, with why (FUP-007)."""

    customer = models.OneToOneField(Customer, models.PROTECT, related_name="wish")
    language = models.CharField(_("语言"), max_length=10, choices=Language.choices, default=Language.CHINESE)
    channel = models.CharField(_("最好用"), max_length=10, choices=REACHING, blank=True)
    lunar_month = models.PositiveSmallIntegerField(_("农历生日的月"), null=True, blank=True)
    lunar_day = models.PositiveSmallIntegerField(_("农历生日的日"), null=True, blank=True)
    lunar_leap = models.BooleanField(_("闰月"), default=False)
    no_greetings = models.CharField(_("不要问候的原因"), max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="wish_lunar_whole",
                condition=Q(lunar_month__isnull=True, lunar_day__isnull=True, lunar_leap=False)
                | Q(lunar_month__range=(1, 12), lunar_day__range=(1, 30)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["lunar_month", "lunar_day"], name="wish_lunar", condition=Q(lunar_month__isnull=False)
            ),
        ]

    @property
    def lunar_label(self) -> str:
        """The lunar birthday as people write it; empty while the solar one is kept."""
        if self.lunar_month is None or self.lunar_day is None:
            return ""
        return LunarDay(self.at.year, self.lunar_month, self.lunar_day, self.lunar_leap).label
