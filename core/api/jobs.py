"""Jobs over the API: how far what a client asked for has got."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import ApiView
from core.jobs.lists import jobs_for
from core.jobs.models import Job, JobStatus


class JobSerializer(serializers.Serializer[Job]):
    """A job as it reads."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    title = serializers.CharField()
    subject = serializers.CharField(source="subject_label")
    status = serializers.ChoiceField(JobStatus.choices)
    asked_by = serializers.CharField(source="actor_label")
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    done = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True)
    percent = serializers.IntegerField(allow_null=True)
    counts = serializers.DictField(child=serializers.IntegerField())
    result = serializers.DictField()
    error = serializers.CharField()


class JobView(ApiView):
    """``GET /jobs/{id}``."""

    required_rights: ClassVar[dict[str, str]] = {"GET": ""}

    @extend_schema(operation_id="job_read", responses=JobSerializer)
    def get(self, request: Request, job_id: UUID) -> Response:
        """Progress, counts and result of one job."""
        caller: Any = request.user
        return Response(JobSerializer(get_object_or_404(jobs_for(caller), pk=job_id)).data)
