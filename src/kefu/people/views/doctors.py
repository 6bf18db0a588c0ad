"""`/doctors/`: the register of doctors, and the cases they share."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.administration.views.editing import edit
from kefu.foundation.access.checks import allowed, require
from kefu.foundation.access.decorators import everyone, needs
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, act, page
from kefu.people import actions
from kefu.people.forms.registers import DayForm, DoctorForm, EntryForm, NewDoctorForm
from kefu.people.models import Doctor
from kefu.people.permissions import PeoplePermission
from kefu.people.presentation import credential_status, standing
from kefu.people.queries import DOCTOR, cases_listed, credentials_of, doctors_listed, unregistered_doctors

VIEW, EDIT = PeoplePermission.REGISTER_VIEW, PeoplePermission.REGISTER_EDIT


@needs(VIEW)
@require_GET
def doctor_list(request: StaffRequest) -> HttpResponse:
    """Doctors by job number, with what keeps them from seeing customers."""
    keyset = Keyset(
        doctors_listed(request.user, request.GET, request.at),
        ("user__job_number",),
        cursor=request.GET.get("after", ""),
    )
    labels = (_("工号"), _("姓名"), _("机构"), _("用工"), _("专长"), _("资格"))
    context = {
        "keyset": keyset,
        "rows": [(doctor, standing(doctor)) for doctor in keyset.rows],
        "columns": [{"label": label} for label in labels],
        "waiting": unregistered_doctors(request.user),
        "may_edit": allowed(request.user, EDIT),
        "export_url": export_url(request, "people.doctors"),
    }
    return page(request, "people/doctors.html", context)


@needs(EDIT)
@require_http_methods(["GET", "POST"])
def doctor_new(request: StaffRequest) -> HttpResponseBase:
    """Enter a colleague into the register."""
    form = NewDoctorForm(request.POST or None, people=unregistered_doctors(request.user))
    context = {
        "title": _("登记医生"),
        "note": _("登记后还要核对资格；兼职医生还要有签好的协议，才能安排接诊。"),
        "submit": _("登记"),
        "cancel_url": reverse("people:doctors"),
    }
    return edit(
        request, form, "administration/form.html", context=context, success=_("已登记，请核对资格。"), to=_page_of,
        run=lambda: actions.register_doctor(**form.cleaned_data, by=request.user, at=request.at),
    )  # fmt: skip


@needs(VIEW)
@require_http_methods(["GET", "POST"])
def doctor_detail(request: StaffRequest, doctor_id: int) -> HttpResponseBase:
    """One doctor: standing, certificates, profile, trainings and cases."""
    doctor = _doctor(request, doctor_id)
    form = DoctorForm(request.POST or None, doctor=doctor)
    return edit(
        request, form, "people/doctor.html", context=_context(request, doctor), success=_("已保存。"), to=_page_of(doctor),
        run=lambda: actions.change_doctor(doctor=doctor, changes=form.cleaned_data, by=request.user, at=request.at),
    )  # fmt: skip


@needs(EDIT)
@require_POST
def certification(request: StaffRequest, doctor_id: int) -> HttpResponseBase:
    """State that the qualification was checked."""
    doctor, form = _doctor(request, doctor_id), DayForm(request.POST, auto_id="certify_%s")
    return _on_page(
        request, doctor, form, "certify_form", _("资格已认证，可以安排接诊。"),
        lambda: actions.certify(doctor=doctor, on=form.cleaned_data["on"], by=request.user, at=request.at),
    )  # fmt: skip


@needs(EDIT)
@require_POST
def certification_withdrawal(request: StaffRequest, doctor_id: int) -> HttpResponseBase:
    """Take the certification back."""
    doctor, reason = _doctor(request, doctor_id), request.POST.get("reason", "")
    return act(
        request,
        lambda: actions.withdraw_certification(doctor=doctor, reason=reason, by=request.user, at=request.at),
        success=_("认证已撤销，从现在起不能接诊。"),
        to=_page_of(doctor),
    )


@needs(EDIT)
@require_POST
def agreement(request: StaffRequest, doctor_id: int) -> HttpResponseBase:
    """State that the part-time agreement is on file."""
    doctor, form = _doctor(request, doctor_id), DayForm(request.POST, auto_id="agreement_%s")
    return _on_page(
        request, doctor, form, "agreement_form", _("兼职协议已登记。"),
        lambda: actions.record_agreement(
            doctor=doctor, signed_on=form.cleaned_data["on"], by=request.user, at=request.at
        ),
    )  # fmt: skip


@needs(EDIT)
@require_POST
def entries(request: StaffRequest, doctor_id: int) -> HttpResponseBase:
    """Keep a training or a case."""
    doctor, form = _doctor(request, doctor_id), EntryForm(request.POST, auto_id="entry_%s")
    return _on_page(
        request, doctor, form, "entry_form", _("已记下。"),
        lambda: actions.add_entry(doctor=doctor, **form.cleaned_data, by=request.user, at=request.at),
    )  # fmt: skip


@needs(EDIT)
@require_POST
def case_sharing(request: StaffRequest, doctor_id: int, entry_id: int) -> HttpResponseBase:
    """Share a case with all doctors, or with `stop` no longer."""
    doctor = _doctor(request, doctor_id)
    entry = get_object_or_404(doctor.entries.select_related("doctor__user"), pk=entry_id)
    stop = bool(request.POST.get("stop"))
    verb = actions.unshare_case if stop else actions.share_case
    return act(
        request,
        lambda: verb(entry=entry, by=request.user, at=request.at),
        success=_("不再共享。") if stop else _("已共享给所有医生。"),
        to=_page_of(doctor),
    )


@everyone
@require_GET
def case_list(request: StaffRequest) -> HttpResponse:
    """Shared cases of success, for doctors and those who see the register."""
    if DOCTOR not in access_of(request.user).roles:
        require(request.user, VIEW)
    keyset = Keyset(
        cases_listed(request.user, request.GET, request.at), ("-on", "-id"), cursor=request.GET.get("after", "")
    )
    return page(request, "people/cases.html", {"keyset": keyset, "export_url": export_url(request, "people.cases")})


def _doctor(request: StaffRequest, doctor_id: int) -> Doctor:
    return get_object_or_404(doctors_listed(request.user, request.GET, request.at), pk=doctor_id)


def _page_of(doctor: Doctor) -> str:
    return reverse("people:doctor", args=[doctor.pk])


def _context(request: StaffRequest, doctor: Doctor) -> dict[str, object]:
    day = timezone.localdate(request.at)
    today = {"on": day}
    return {
        "doctor": doctor,
        "standing": standing(doctor),
        "entries": doctor.entries.select_related("by"),
        "may_edit": allowed(request.user, EDIT, node_id=doctor.user.node_id),
        "credentials": [(one, credential_status(one, day)) for one in credentials_of(doctor.user)],
        "kinds": [("certificate", _("资格证书")), ("agreement", _("兼职协议"))],
        "certify_form": DayForm(auto_id="certify_%s", initial=today),
        "agreement_form": DayForm(auto_id="agreement_%s", initial=today),
        "entry_form": EntryForm(auto_id="entry_%s", initial=today),
    }


def _on_page(
    request: StaffRequest,
    doctor: Doctor,
    form: DayForm | EntryForm,
    name: str,
    success: str,
    run: Callable[[], object],
) -> HttpResponseBase:
    """One of the small forms on a doctor's page."""
    context = _context(request, doctor) | {name: form, "form": DoctorForm(doctor=doctor)}

    def show() -> HttpResponse:
        return page(request, "people/doctor.html", context, status=422)

    if not form.is_valid():
        return show()
    return act(request, run, success=success, to=_page_of(doctor), form=form, render=show)
