"""What belongs to the API as a whole: signing in, its description, and jobs."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from oauth2_provider.views.base import RevokeTokenView, TokenView

from core.api.jobs import JobView

urlpatterns = [
    path("oauth/token/", csrf_exempt(TokenView.as_view()), name="oauth-token"),
    path("oauth/revoke_token/", csrf_exempt(RevokeTokenView.as_view()), name="oauth-revoke-token"),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    path("api/v1/jobs/<uuid:job_id>", JobView.as_view(), name="api-job"),
]
