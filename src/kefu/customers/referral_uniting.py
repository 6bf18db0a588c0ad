"""How referrals of two customers become those of one."""

from __future__ import annotations

from functools import partial

from kefu.customers.choices import PromptState
from kefu.customers.merging import Joining
from kefu.customers.models import Referral, ReferralPrompt


def _unite(joining: Joining, near: str, far: str) -> None:
    """What one of the two brought to the other stays where it is, and so does what both brought on the same day: nobody refers oneself."""
    known = set(Referral.objects.filter(**{near: joining.survivor_id}).values_list(far, "on"))
    theirs = Referral.objects.filter(**{near: joining.merged_id}).exclude(**{far: joining.survivor_id})
    moving = [pk for pk, other, on in theirs.values_list("pk", far, "on") if (other, on) not in known]
    joining.set(Referral.objects.filter(pk__in=moving), **{near: joining.survivor_id})


unite_referrers = partial(_unite, near="referrer_id", far="referred_id")
unite_referred = partial(_unite, near="referred_id", far="referrer_id")


def unite_prompts(joining: Joining) -> None:
    """What was asked before moves; of two open prompts the surviving customer's stays."""
    moving = ReferralPrompt.objects.filter(customer_id=joining.merged_id)
    if ReferralPrompt.objects.filter(customer_id=joining.survivor_id, state=PromptState.OPEN).exists():
        moving = moving.exclude(state=PromptState.OPEN)
    joining.set(moving, customer_id=joining.survivor_id)
