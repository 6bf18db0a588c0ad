"""Referrals: asking at the right moment, following whom a customer brings, and thanking the referrer (CUS-026, CUS-027)."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.actions.timeline import record_fact
from kefu.customers.choices import FactKind, Moment, PromptState, ReferralStatus, Stage
from kefu.customers.holding import hold
from kefu.customers.models import Customer, Referral, ReferralPrompt, ReferralStep, Reward, RewardPlan
from kefu.customers.permissions import CustomerPermission
from kefu.customers.queries.referrals import FURTHEST, plans_for, reached
from kefu.customers.sentences import BROUGHT, REWARDED, WAS_BROUGHT
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Change, Subject, action, nothing_changed, record, within_action
from kefu.kernel.errors import FieldError, Invalid, OutOfScope, Refused
from kefu.organisation.models import Node, User


@within_action
def notice_moment(*, customer_id: int, moment: Moment, by: User, at: datetime) -> None:
    """A good moment to ask for a referral has come; while one is open no second is added, and nobody who left is asked (CUS-027)."""
    customer = Customer.objects.get(pk=customer_id)
    if customer.stage == Stage.CLOSED or customer.referral_prompts.filter(state=PromptState.OPEN).exists():
        return
    prompt = ReferralPrompt.objects.create(customer=customer, moment=moment, at=at)
    _record(
        "customers.referral.prompted",
        customer,
        Subject("customers.referral_prompt", prompt.pk),
        {"moment": (None, moment)},
        by,
        at,
    )


@action
def note_moment(*, customer: Customer, moment: str, by: User, at: datetime) -> None:
    """A colleague saw the moment: the customer thanked, praised, or recognised product or service.

    Raises Invalid (`moment`), Forbidden, OutOfScope (CUS-027).
    """
    require(by, CustomerPermission.ARCHIVE_VIEW, customer=customer)
    if moment not in Moment.values:
        raise Invalid.one("moment", "unknown", _("没有这个选项，请重新选"))
    hold(customer.pk)
    nothing_changed()
    notice_moment(customer_id=customer.pk, moment=Moment(moment), by=by, at=at)


@action
def settle_prompt(*, prompt: ReferralPrompt, state: str, note: str = "", by: User, at: datetime) -> None:
    """The customer was asked and declined, or this was not the moment. Raises Invalid (`state`), Refused `settled`, Forbidden, OutOfScope."""
    require(by, CustomerPermission.GRADING_TRACK, customer=prompt.customer)
    if state not in (PromptState.DECLINED, PromptState.PASSED):
        raise Invalid.one("state", "unknown", _("没有这个选项，请重新选"))
    hold(prompt.customer_id)
    prompt.refresh_from_db()
    if prompt.state != PromptState.OPEN:
        raise Refused("settled", _("这次已经问过了。"))
    _settle(prompt, state, note.strip(), by, at)


@action
def refer(*, referrer: Customer, referred: Customer, on: date, by: User, at: datetime) -> Referral:
    """A customer brought somebody who is registered; an open prompt is settled by it.

    Raises Invalid (`referred`, `on`), Refused `known`, Forbidden, OutOfScope (CUS-026).
    """
    require(by, CustomerPermission.GRADING_TRACK, customer=referrer)
    require(by, CustomerPermission.ARCHIVE_VIEW, customer=referred)
    errors = []
    if referrer.pk == referred.pk:
        errors.append(FieldError("referred", "same_person", _("介绍人和被介绍人不能是同一个人。")))
    if on > timezone.localdate(at):
        errors.append(FieldError("on", "in_future", _("日期不能晚于今天。")))
    if errors:
        raise Invalid(errors)
    hold(referrer.pk, referred.pk)
    if Referral.objects.filter(referrer=referrer, referred=referred, on=on).exists():
        raise Refused("known", _("这一天的介绍已经登记过。"))
    referral = Referral.objects.create(referrer=referrer, referred=referred, on=on, by=by, at=at)
    ReferralStep.objects.create(referral=referral, status=referral.came_to, by=by, at=at)
    subject = Subject("customers.referral", referral.pk)
    _record("customers.referral.made", referrer, subject, {"referred": (None, referred.pk), "on": (None, on)}, by, at)
    record_fact(customer=referrer, kind=FactKind.NOTE, item=BROUGHT, subject=subject, by=by, at=at)
    record_fact(customer=referred, kind=FactKind.NOTE, item=WAS_BROUGHT, subject=subject, by=by, at=at)
    if (prompt := referrer.referral_prompts.filter(state=PromptState.OPEN).first()) is not None:
        _settle(prompt, PromptState.REFERRED, "", by, at)
    return referral


@action
def step_referral(*, referral: Referral, status: str, result: str = "", by: User, at: datetime) -> Referral:
    """The referred person came further, or it came to nothing. Raises Invalid (`status`, `result`), Forbidden, OutOfScope (CUS-026)."""
    require(by, CustomerPermission.GRADING_TRACK, customer=referral.referrer)
    if status not in ReferralStatus.values:
        raise Invalid.one("status", "unknown", _("没有这个选项，请重新选"))
    if status in FURTHEST and not result.strip():
        raise Invalid.one("result", "required", _("请写明结果。"))
    hold(referral.referrer_id, referral.referred_id)
    referral.refresh_from_db()
    before, referral.came_to = referral.came_to, status
    referral.save(update_fields=["came_to"])
    ReferralStep.objects.create(referral=referral, status=status, result=result.strip(), by=by, at=at)
    _record(
        "customers.referral.stepped",
        referral.referrer,
        Subject("customers.referral", referral.pk),
        {"status": (before, status)},
        by,
        at,
    )
    return referral


@action
def add_plan(
    *,
    node: Node,
    name: str,
    benefit: str,
    earned_at: str,
    valid_from: date,
    valid_to: date | None = None,
    by: User,
    at: datetime,
) -> RewardPlan:
    """Say what referrers get at a place and below, from a day on. Raises Invalid, Forbidden, OutOfScope (CUS-027)."""
    require(by, CustomerPermission.REFERRAL_PLANS, node_id=node.pk)
    errors = [
        FieldError(field, "required", _("这一项还没填"))
        for field, text in (("name", name), ("benefit", benefit))
        if not text.strip()
    ]
    if earned_at not in (ReferralStatus.NAMED, ReferralStatus.REACHED, ReferralStatus.VISITED, ReferralStatus.CLOSED):
        errors.append(FieldError("earned_at", "unknown", _("没有这个选项，请重新选")))
    if valid_to is not None and valid_to < valid_from:
        errors.append(FieldError("valid_to", "before", _("结束不能早于开始。")))
    if errors:
        raise Invalid(errors)
    plan = RewardPlan.objects.create(
        node=node, name=name.strip(), benefit=benefit.strip(), earned_at=earned_at, valid_from=valid_from, valid_to=valid_to, by=by, at=at
    )  # fmt: skip
    record("customers.reward_plan.added", by=by, at=at, subject=Subject("customers.reward_plan", plan.pk), node_id=node.pk,
           changes={"benefit": (None, plan.benefit), "earned_at": (None, earned_at)})  # fmt: skip
    return plan


@action
def reward(*, referral: Referral, plan: RewardPlan, by: User, at: datetime) -> Reward:
    """Give the referrer what the plan says, whatever he or she has spent.

    Raises OutOfScope for a plan of another place or time, Refused `rewarded` or `not_earned`, Forbidden (CUS-027).
    """
    referrer = referral.referrer
    require(by, CustomerPermission.GRADING_TRACK, customer=referrer)
    hold(referral.referrer_id, referral.referred_id)
    referral.refresh_from_db()
    if not plan.holds_on(referral.on) or not plans_for(referrer).filter(pk=plan.pk).exists():
        raise OutOfScope()
    if Reward.objects.filter(referral=referral).exists():
        raise Refused("rewarded", _("这次介绍已经给过好处。"))
    if not reached(referral, plan.earned_at):
        raise Refused("not_earned", _("还没走到“%(status)s”，先不给。") % {"status": plan.get_earned_at_display()})
    given = Reward.objects.create(referral=referral, plan=plan, benefit=plan.benefit, by=by, at=at)
    subject = Subject("customers.referral", referral.pk)
    _record("customers.referral.rewarded", referrer, subject, {"benefit": (None, plan.benefit)}, by, at)
    record_fact(
        customer=referrer, kind=FactKind.NOTE, item=REWARDED(benefit=plan.benefit), subject=subject, by=by, at=at
    )
    return given


def _settle(prompt: ReferralPrompt, state: str, note: str, by: User, at: datetime) -> None:
    prompt.state, prompt.note, prompt.settled_by, prompt.settled_at = state, note, by, at
    prompt.save(update_fields=["state", "note", "settled_by", "settled_at"])
    subject = Subject("customers.referral_prompt", prompt.pk)
    _record("customers.referral.asked", prompt.customer, subject, {"state": (PromptState.OPEN.value, state)}, by, at)


def _record(
    code: str, customer: Customer, subject: Subject, changes: dict[str, Change], by: User, at: datetime
) -> None:
    record(code, by=by, at=at, subject=subject, customer_id=customer.pk, node_id=customer.node_id, changes=changes)
