"""From an address to a consultation within the reader's scope."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from kefu.consultations.models import Consultation
from kefu.organisation.models import User


def reader(request: HttpRequest) -> User:
    """The person logged in."""
    return cast(User, request.user)


def find(request: HttpRequest, pk: int) -> Consultation:
    """The consultation with everything its pages show; 404 outside the reader's scope."""
    rows = Consultation.objects.visible_to(reader(request))
    return get_object_or_404(rows.select_related("customer", "doctor", "sheet__version", "corrects"), pk=pk)


def address(consultation: Consultation) -> str:
    """The page of a consultation."""
    return reverse("consultations:consultation", args=[consultation.pk])
