"""Addresses of the registers."""

from django.urls import path

from kefu.people import views

app_name = "people"
urlpatterns = [
    path("doctors/", views.doctor_list, name="doctors"),
    path("doctors/new/", views.doctor_new, name="doctor_new"),
    path("doctors/<int:doctor_id>/", views.doctor_detail, name="doctor"),
    path("doctors/<int:doctor_id>/certification/", views.certification, name="certification"),
    path("doctors/<int:doctor_id>/certification/withdrawal/", views.certification_withdrawal, name="withdrawal"),
    path("doctors/<int:doctor_id>/agreement/", views.agreement, name="agreement"),
    path("doctors/<int:doctor_id>/entries/", views.entries, name="entries"),
    path("staff/", views.staff_list, name="staff"),
    path("staff/<int:user_id>/", views.staff_detail, name="person"),
]
