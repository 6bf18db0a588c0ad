"""Offers that wait for somebody."""

from __future__ import annotations

from django.db.models import QuerySet

from kefu.foundation.access.queries import access_of
from kefu.foundation.assignments.choices import AssignmentState
from kefu.foundation.assignments.models import Assignment
from kefu.foundation.audit.trail import Subject
from kefu.organisation.models import User


def waiting_for(user: User) -> QuerySet[Assignment]:
    """Offers the person (or somebody he or she stands in for) has to answer, oldest first."""
    waiting = Assignment.objects.filter(offered_to__in=access_of(user).persons, state=AssignmentState.OFFERED)
    return waiting.select_related("offered_by", "offered_to").order_by("offered_at", "pk")


def offered_by(user: User) -> QuerySet[Assignment]:
    """The person's own offers, newest first, answered ones too."""
    return Assignment.objects.filter(offered_by=user).select_related("offered_by", "offered_to")


def open_offers(subject: Subject) -> QuerySet[Assignment]:
    """Offers of one subject that wait for an answer."""
    return Assignment.objects.filter(
        subject_kind=subject.kind, subject_id=subject.id, state=AssignmentState.OFFERED
    ).select_related("offered_to")
