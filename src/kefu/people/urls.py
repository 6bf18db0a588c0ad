"""Addresses of the registers."""

from django.urls import path

from kefu.people.views import attributes, colleagues, credentials, departures, doctors, institutions, staff

app_name = "people"
urlpatterns = [
    path("doctors/", doctors.doctor_list, name="doctors"),
    path("doctors/new/", doctors.doctor_new, name="doctor_new"),
    path("doctors/<int:doctor_id>/", doctors.doctor_detail, name="doctor"),
    path("doctors/<int:doctor_id>/certification/", doctors.certification, name="certification"),
    path("doctors/<int:doctor_id>/certification/withdrawal/", doctors.certification_withdrawal, name="withdrawal"),
    path("doctors/<int:doctor_id>/agreement/", doctors.agreement, name="agreement"),
    path("doctors/<int:doctor_id>/entries/", doctors.entries, name="entries"),
    path("doctors/<int:doctor_id>/entries/<int:entry_id>/sharing/", doctors.case_sharing, name="case_sharing"),
    path("doctors/cases/", doctors.case_list, name="cases"),
    path("colleagues/", colleagues.colleague_list, name="colleagues"),
    path("colleagues/<int:user_id>/", colleagues.colleague, name="colleague"),
    path("departures/", departures.departure_list, name="departures"),
    path("departures/new/", departures.departure_new, name="departure_new"),
    path("departures/statistics/", departures.statistics, name="departure_statistics"),
    path("departures/<int:pk>/", departures.departure_detail, name="departure"),
    path("departures/<int:pk>/handovers/", departures.handovers, name="departure_handovers"),
    path("departures/<int:pk>/tasks/<int:task_id>/", departures.task, name="departure_task"),
    path("departures/<int:pk>/waiver/", departures.waiver, name="departure_waiver"),
    path("departures/<int:pk>/closing/", departures.closing, name="departure_closing"),
    path("departures/<int:pk>/cancellation/", departures.cancellation, name="departure_cancellation"),
    path("institutions/", institutions.institution_list, name="institutions"),
    path("institutions/new/", institutions.institution_new, name="institution_new"),
    path("institutions/<int:pk>/", institutions.institution_detail, name="institution"),
    path("institutions/<int:pk>/parts/", institutions.parts, name="parts"),
    path("institutions/<int:pk>/parts/<int:role_id>/end/", institutions.part_end, name="part_end"),
    path("institutions/<int:pk>/agreements/", institutions.agreements, name="agreements"),
    path("institutions/<int:pk>/agreements/<int:agreement_id>/end/", institutions.agreement_end, name="agreement_end"),
    path("institutions/<int:pk>/regions/", institutions.regions, name="regions"),
    path("institutions/<int:pk>/closure/", institutions.closure, name="institution_closure"),
    path("institutions/<int:pk>/reopening/", institutions.reopening, name="institution_reopening"),
    path("staff/", staff.staff_list, name="staff"),
    path("staff/attributes/", attributes.attributes, name="attributes"),
    path("staff/<int:user_id>/attributes/", attributes.attribute_history, name="attribute_history"),
    path("staff/<int:user_id>/", staff.staff_detail, name="person"),
    path("staff/<int:user_id>/credentials/", credentials.credentials, name="credentials"),
    path(
        "staff/<int:user_id>/credentials/<int:credential_id>/check/",
        credentials.credential_check,
        name="credential_check",
    ),
    path(
        "staff/<int:user_id>/credentials/<int:credential_id>/withdrawal/",
        credentials.credential_withdrawal,
        name="credential_withdrawal",
    ),
]
