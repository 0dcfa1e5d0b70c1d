"""An address that takes uploads and tells what came; gunicorn serves it as it serves the product."""

from __future__ import annotations

import os
from typing import Any

from django.urls import path
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView


class Catch(APIView):
    """Says what came."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    parser_classes = (MultiPartParser,)

    def post(self, request: Any) -> Response:
        """Fields as they are, files by their size."""
        files = {name: [file.name, file.size, len(file.read())] for name, file in request.FILES.items()}
        return Response({"fields": request.POST.dict(), "files": files})

    def get(self, request: Any) -> Response:
        """Which process this is."""
        return Response({"pid": os.getpid()})


urlpatterns = [path("api/catch", Catch.as_view())]
handler400 = "core.api.fallback.bad_request"
