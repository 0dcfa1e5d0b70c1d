from django.urls import path

from core.audit.lists import AUDIT
from core.lists.views import list_view

app_name = "audit"

urlpatterns = [path("audit/", list_view(AUDIT), name="list")]
