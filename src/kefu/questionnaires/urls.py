"""Addresses of the administrator's pages."""

from django.urls import path

from kefu.questionnaires.views import editing, versions

app_name = "questionnaires"
VERSION = "questionnaires/<slug:code>/versions/<int:number>/"
urlpatterns = [
    path("questionnaires/", versions.questionnaires, name="questionnaires"),
    path("questionnaires/new/", versions.new, name="new"),
    path("questionnaires/<slug:code>/", versions.questionnaire, name="questionnaire"),
    path(VERSION, versions.version, name="version"),
    path(f"{VERSION}preview/", versions.preview, name="preview"),
    path(f"{VERSION}publication/", versions.publication, name="publication"),
    path(f"{VERSION}disposal/", versions.disposal, name="disposal"),
    path(f"{VERSION}questions/new/", editing.new_question, name="new_question"),
    path(f"{VERSION}questions/<str:question>/", editing.question, name="question"),
    path(f"{VERSION}questions/<str:question>/place/", editing.place, name="place"),
    path(f"{VERSION}questions/<str:question>/removal/", editing.removal, name="removal"),
    path(f"{VERSION}parts/<slug:part>/", editing.part, name="part"),
]
