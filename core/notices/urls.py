from django.urls import path

from core.lists.views import list_view
from core.notices.lists import NOTICES

app_name = "notices"

urlpatterns = [path("notices/", list_view(NOTICES), name="list")]
