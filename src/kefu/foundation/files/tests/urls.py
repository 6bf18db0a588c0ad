"""Only the addresses of files."""

from django.urls import include, path

urlpatterns = [path("", include("kefu.foundation.files.urls"))]
