"""Closed lists of the laboratory. Order status codes are those of the journey's nodes where these have one."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OrderStatus(TextChoices):
    """How far an order has come; derived from facts by `rules.status`, never typed."""

    TESTS_ORDERED = "tests_ordered", _("已开单")
    SIGNED = "signed", _("已签字")
    CUSTOMER_SAMPLING = "customer_sampling", _("客户采样中")
    RESAMPLING = "resampling", _("重新采样")
    TESTING = "testing", _("检测中")
    REPORT_UNDER_REVIEW = "report_under_review", _("报告审核中")
    REPORT_RELEASED = "report_released", _("审核通过")
    REVIEWS_COMPLETE = "reviews_complete", _("审核全部完成，待制作纸质报告")
    PAPER_IN_PREPARATION = "paper_in_preparation", _("纸质报告制作中")
    PAPER_ISSUED = "paper_issued", _("纸质报告已发放")
    REPORT_INTERPRETED = "report_interpreted", _("报告已解读")
    CANCELLED = "cancelled", _("已作废")


class Signer(TextChoices):
    """Who signed the sheet."""

    CUSTOMER = "customer", _("客户本人")
    GUARDIAN = "guardian", _("监护人")


class KitMode(TextChoices):
    """How the kit reaches the customer (LAB-005)."""

    ON_SITE = "on_site", _("在中心采样")
    HANDED = "handed", _("当面交给客户带回")
    POSTED = "posted", _("寄到客户家")


class ConsignmentMode(TextChoices):
    """How samples travel to the laboratory (LAB-005)."""

    SENT = "sent", _("中心送检")
    POSTED = "posted", _("客户寄回")


class SampleState(TextChoices):
    """How far a sample has come; VOID: it was never taken, its kit or order fell away."""

    AWAITED = "awaited", _("待收样")
    ACCEPTED = "accepted", _("合格")
    REJECTED = "rejected", _("不合格")
    VOID = "void", _("已作废")


class PromiseKind(TextChoices):
    """At which step a report date was worked out (LAB-004)."""

    ESTIMATED = "estimated", _("开单预计")
    PROMISED = "promised", _("发盒承诺")
    RECOMPUTED = "recomputed", _("收样重算")


class MessageState(TextChoices):
    """What became of a message of the laboratory. Quarantined ones wait for a person; dismissed ones need nothing."""

    FILED = "filed", _("已归档")
    QUARANTINED = "quarantined", _("待处理")
    REJECTED = "rejected", _("已拒收")
    DISMISSED = "dismissed", _("不需处理")


class ReportKind(TextChoices):
    """Kinds of reports of an order."""

    ITEM = "item", _("单项报告")
    OVERALL = "overall", _("总检报告")


class ReportStatus(TextChoices):
    """How far a report has come. Item reports: arrived, returned, cancelled, approved; the overall one: waiting to interpreted."""

    ARRIVED = "arrived", _("待审核")
    RETURNED = "returned", _("已退回检验室")
    CANCELLED = "cancelled", _("检验室已取消")
    APPROVED = "approved", _("审核通过")
    SUPERSEDED = "superseded", _("已被新版替代")
    WAITING = "waiting", _("待总检")
    WRITTEN = "written", _("总检已录入")
    PAPER_MADE = "paper_made", _("纸质报告制作中")
    HANDED_OVER = "handed_over", _("纸质报告已发放")
    INTERPRETED = "interpreted", _("报告已解读")


class ResultState(TextChoices):
    """What a value counts for; only final and corrected ones make a report."""

    PRELIMINARY = "preliminary", _("初步结果")
    FINAL = "final", _("正式结果")
    CORRECTED = "corrected", _("更正结果")
    WITHDRAWN = "withdrawn", _("已撤回")
    CANCELLED = "cancelled", _("未能检出")


class DecisionKind(TextChoices):
    """What the consulting department decided about an item report."""

    APPROVED = "approved", _("审核通过")
    RETURNED = "returned", _("退回检验室")
    WITHDRAWN = "withdrawn", _("撤回审核")
    REOPENED = "reopened", _("更正后重新审核")


class InterpretationMode(TextChoices):
    """How the doctor explained the report."""

    IN_PERSON = "in_person", _("当面解读")
    PHONE = "phone", _("电话解读")
    VIDEO = "video", _("视频解读")


class HandoverMode(TextChoices):
    """How the paper report reaches the customer (LAB-009)."""

    COLLECTED = "collected", _("领取")
    POSTED = "posted", _("邮寄")
