"""The form of a new upload: its type, the options of that type, and one or several files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from core.downloads import XLSX_TYPE
from core.errors import InvalidInput
from core.imports.types import Option, Upload

MOST_FILES = 20
ENDINGS = ".csv, .xlsx, .tsv or .txt"
ACCEPTED = f".csv,.xlsx,.tsv,.txt,text/csv,{XLSX_TYPE}"


class _SeveralFiles(forms.ClearableFileInput):
    """Takes more than one file at once."""

    allow_multiple_selected = True


class _FilesField(forms.FileField):
    """Gives a list of files; emptiness and size are judged file by file, so that the good ones can go on."""

    widget = _SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = [each for each in data or [] if isinstance(each, UploadedFile)]
        if not files:
            raise forms.ValidationError("Choose a file, or drop one here.", code="required")
        if len(files) > MOST_FILES:
            raise forms.ValidationError(f"At most {MOST_FILES} files go at once; these are {len(files)}.")
        return files


class UploadForm(forms.Form):
    """What was chosen on the upload page. ``uploads`` are the types that the person may use.

    The options of each type stand in fields named ``type-option``; those of other types are not looked at.
    """

    type = forms.ChoiceField(error_messages={"required": "Choose what the file is about."})
    file = _FilesField()

    def __init__(self, data: QueryDict | None, files: Any, *, uploads: Sequence[Upload]) -> None:
        super().__init__(data, files)
        self.uploads = {upload.name: upload for upload in uploads}
        field = self.fields["type"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - it is declared above
        field.choices = [(upload.name, upload.title) for upload in uploads]
        field.error_messages["invalid_choice"] = "Choose one of these types."

    @property
    def upload(self) -> Upload:
        """The type chosen, once the form is valid."""
        return self.uploads[self.cleaned_data["type"]]

    def chosen(self, upload: Upload) -> dict[str, str]:
        """The options of a type as posted; a box that is not ticked says no, a choice not made says nothing."""
        given = {option.name: self._posted(upload, option) for option in upload.options}
        return {name: value for name, value in given.items() if value is not None}

    def refuse(self, refusal: InvalidInput, name: str) -> None:
        """Show each fault of one file at its field."""
        for error in refusal.errors:
            own = self.cleaned_data.get("type", "")
            option = f"{own}-{error['path']}"
            if own and any(option == f"{own}-{each.name}" for each in self.upload.options):
                self.errors.setdefault(option, self.error_class()).append(error["message"])
            else:
                self.refuse_file(name, error["message"])

    def refuse_file(self, name: str, sentence: str) -> None:
        """Say what is wrong with one file."""
        self.errors.setdefault("file", self.error_class()).append(f"“{name}”: {sentence}")

    def _posted(self, upload: Upload, option: Option) -> str | None:
        given = self.data.get(f"{upload.name}-{option.name}")
        if option.choices:
            return None if given is None else str(given)
        return str(bool(given)).lower()
