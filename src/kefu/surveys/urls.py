"""Addresses of surveys."""

from django.urls import path

from kefu.surveys import views

app_name = "surveys"
urlpatterns = [
    path("surveys/", views.overview, name="overview"),
    path("surveys/candidates/", views.choose, name="candidates"),
    path("surveys/responses/<int:pk>/", views.response, name="response"),
    path("surveys/opinions/<int:pk>/", views.opinion, name="opinion"),
    path("customers/<int:customer_id>/surveys/<slug:code>/new/", views.ask, name="ask"),
    path("customers/<int:customer_id>/surveys/<slug:code>/refusal/", views.refusal, name="refusal"),
]
