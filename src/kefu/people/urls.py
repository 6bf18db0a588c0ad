"""Addresses of the registers."""

from django.urls import path

from kefu.people.views import institutions
from kefu.people.views import registers as views

app_name = "people"
urlpatterns = [
    path("doctors/", views.doctor_list, name="doctors"),
    path("doctors/new/", views.doctor_new, name="doctor_new"),
    path("doctors/<int:doctor_id>/", views.doctor_detail, name="doctor"),
    path("doctors/<int:doctor_id>/certification/", views.certification, name="certification"),
    path("doctors/<int:doctor_id>/certification/withdrawal/", views.certification_withdrawal, name="withdrawal"),
    path("doctors/<int:doctor_id>/agreement/", views.agreement, name="agreement"),
    path("doctors/<int:doctor_id>/entries/", views.entries, name="entries"),
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
    path("staff/", views.staff_list, name="staff"),
    path("staff/<int:user_id>/", views.staff_detail, name="person"),
]
