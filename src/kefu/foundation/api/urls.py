"""What lies under `/api/` and is no route of the API; config mounts this after the API itself."""

from django.urls import re_path

from kefu.foundation.api.routers import unknown_address

urlpatterns = [re_path(r"^api/", unknown_address)]
