"""The page of a new upload."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponseBase, JsonResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect
from django.utils.datastructures import MultiValueDict
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from core.access import actor_of, back_office_page, render_page, signed_in
from core.errors import DomainError, InvalidInput, NotAllowed
from core.imports import services
from core.imports.access import UPLOAD
from core.imports.forms import ACCEPTED, ENDINGS, UploadForm
from core.imports.models import ImportRun
from core.imports.uploading import LARGEST_FILE, MEGABYTE
from core.imports.views.choosing import cards, uploads_of


@csrf_exempt  # only so that a body that cannot be taken is answered here; _begin looks at the token
@back_office_page(UPLOAD)
def upload_page(request: HttpRequest) -> HttpResponseBase:
    """Choose a type, its options and files. Each file becomes an upload of its own; the script sends them singly."""
    uploads = uploads_of(signed_in(request))
    form = UploadForm(None, None, uploads=uploads)
    if request.method != "POST":
        return _page(request, form, [])
    try:
        request.POST  # noqa: B018 - reads the body
    except (RequestDataTooBig, MultiPartParserError) as refusal:
        form = UploadForm(QueryDict(), MultiValueDict(), uploads=uploads)
        form.errors["file"] = form.error_class([str(refusal)])
        form.errors.pop("type", None)
        return _told(form, []) if _by_script(request) else _page(request, form, [])
    return _begin(request)


@csrf_protect
def _begin(request: HttpRequest) -> HttpResponseBase:
    uploads = uploads_of(signed_in(request))
    form = UploadForm(request.POST, {"file": request.FILES.getlist("file")}, uploads=uploads)
    begun = _take(request, form) if form.is_valid() else []
    if _by_script(request):
        return _told(form, begun)
    if form.errors:
        return _page(request, form, begun)
    if len(begun) == 1:
        return redirect(begun[0])
    messages.success(request, f"{len(begun)} files uploaded. Each is read and waits for you to look at it.")
    return redirect("imports:list")


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _take(request: HttpRequest, form: UploadForm) -> list[ImportRun]:
    """Upload each file; what is wrong with one is said in the form and does not hold up the others."""
    begun: list[ImportRun] = []
    for file in form.cleaned_data["file"]:
        name = str(file.name)
        if sentence := _unfit(file):
            form.refuse_file(name, sentence)
            continue
        try:
            options = form.chosen(form.upload)
            begun.append(
                services.upload(form.upload.name, name, file.read(), options, actor=actor_of(request))
            )
        except InvalidInput as refusal:
            form.refuse(refusal, name)
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.refuse_file(name, str(refusal))
    return begun


def _unfit(file: UploadedFile[bytes]) -> str:
    """Why a file is not even looked into."""
    size = file.size or 0
    if not size:
        return "The file is empty. Fill the template and choose it again."
    if size > LARGEST_FILE:
        return (
            f"The file has {size / MEGABYTE:,.1f} MB; at most {LARGEST_FILE // MEGABYTE} MB are read. "
            "Split it into smaller files and upload them one after the other."
        )
    return ""


def _told(form: UploadForm, begun: list[ImportRun]) -> JsonResponse:
    """The answer for the page's script: where each upload is, or what is wrong at which field."""
    said: dict[str, Any] = {
        "uploads": [
            {"name": run.file_name, "url": run.get_absolute_url(), "question": run.question} for run in begun
        ],
        "errors": {name: [str(error) for error in errors] for name, errors in form.errors.items()},
    }
    return JsonResponse(said, status=400 if form.errors else 201)


def _page(request: HttpRequest, form: UploadForm, begun: list[ImportRun]) -> HttpResponseBase:
    user = signed_in(request)
    context = {
        "form": form,
        "cards": cards(user, form, request.GET.get("type", "")),
        "begun": begun,
        "accepted": ACCEPTED,
        "endings": ENDINGS,
        "most_bytes": LARGEST_FILE,
        "most_megabytes": LARGEST_FILE // MEGABYTE,
        "may_upload": bool(form.uploads),
    }
    status = 400 if form.errors else 200
    return render_page(request, "core/imports/upload.html", context, "Upload a file", status=status)
