"""What is asked once when one verb is for many customers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import Importance
from kefu.customers.fields import Choice
from kefu.customers.queries import owners_in
from kefu.foundation.access.queries import colleagues_with
from kefu.foundation.ui.forms import KefuForm
from kefu.organisation.models import User


class ReasonForm(KefuForm):
    """Why."""

    reason = forms.CharField(label=_("原因"), max_length=200)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user


class OwnersForm(ReasonForm):
    """Who is to be responsible; what is left open stays as it is."""

    health_manager = Choice(label=_("健康管理师"), queryset=User.objects.none(), required=False)
    doctor = Choice(label=_("功能医生"), queryset=User.objects.none(), required=False)
    field_order = ("health_manager", "doctor", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["health_manager"].queryset = owners_in(self.user, "health_manager")  # type: ignore[attr-defined]
        self.fields["doctor"].queryset = owners_in(self.user, "doctor")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Somebody has to be named."""
        given = super().clean() or {}
        if not given.get("health_manager") and not given.get("doctor"):
            self.add_error("health_manager", _("请选择健康管理师或功能医生。"))
        return given


class OfferForm(ReasonForm):
    """Who is asked to take the customers over."""

    role = forms.ChoiceField(label=_("移交"), choices=[("health_manager", _("健康管理师")), ("doctor", _("功能医生"))])
    to = Choice(label=_("移交给"), queryset=User.objects.none())
    field_order = ("role", "to", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        within = Q()
        for role in ("health_manager", "doctor"):
            near = colleagues_with(role, self.user.node_id)
            within |= Q(pk__in=near.values("pk")) | Q(pk__in=owners_in(self.user, role).values("pk"))
        found = User.objects.filter(within, is_active=True).exclude(pk=self.user.pk)
        self.fields["to"].queryset = found.order_by("job_number")  # type: ignore[attr-defined]


class ImportanceForm(ReasonForm):
    """How important the customers are."""

    importance = forms.ChoiceField(label=_("重要程度"), choices=Importance.choices)
    field_order = ("importance", "reason")
