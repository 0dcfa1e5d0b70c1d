"""The same file through django-import-export as it comes: row by row, and with ``use_bulk``.

Less work than ours: no audit trail, no copy of the rows to be mended, no locks, no sync, no scorecards, no hash of the
social security number, agencies on file before. A preview is a dry run, as its admin does it.
"""

from __future__ import annotations

from typing import Any

from benchmarks.uploads_file import HEADER, csv_text


def agencies_on_file(pairs: list[tuple[str, str]]) -> None:
    """What it cannot make itself; not measured."""
    from producers.models import Producer

    Producer.objects.bulk_create(
        Producer(entity_type="firm", npn=npn, company_name=name) for npn, name in pairs
    )


def imported(rows: int, file: int, *, use_bulk: bool) -> None:
    """Read the file, preview it, import it; both passes, as a person would."""
    from tablib import Dataset

    resource = _resources()[use_bulk]()
    data = Dataset().load(csv_text(rows, file), format="csv")
    assert data.headers == list(HEADER)
    for dry_run in (True, False):
        result = resource.import_data(data, dry_run=dry_run)
        assert not result.has_errors(), result.row_errors()[0][1][0].error
        assert result.totals["new"] == rows


def _resources() -> tuple[Any, Any]:
    """The resource that saves row by row, and the one that saves a thousand at once."""
    from import_export.fields import Field
    from import_export.resources import ModelResource
    from import_export.widgets import ForeignKeyWidget

    from producers.models import Producer, ProducerAssignment

    class RowByRow(ModelResource):
        npn = Field("npn", "agent_npn")
        agency = Field("agency", "agency_npn", ForeignKeyWidget(Producer, "npn"))
        email = Field("email", "agent_email")
        ssn = Field("ssn", "agent_ssn")

        class Meta:
            model = Producer
            import_id_fields = ("npn",)
            fields = ("npn", "agency", "first_name", "last_name", "email", "ssn", "external_id")

        def after_save_instance(self, instance: Any, row: dict[str, str], **kwargs: Any) -> None:
            ProducerAssignment.objects.get_or_create(producer=instance, **_assignment(row))

    class ThousandAtOnce(RowByRow):
        class Meta(RowByRow.Meta):
            use_bulk = True
            batch_size = 1000

        def before_import(self, dataset: Any, **kwargs: Any) -> None:
            self.assigned: list[Any] = []

        def after_save_instance(self, instance: Any, row: dict[str, str], **kwargs: Any) -> None:
            self.assigned.append(ProducerAssignment(producer=instance, **_assignment(row)))

        def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
            ids = dict(Producer.objects.filter(npn__in=dataset["agent_npn"]).values_list("npn", "pk"))
            for assignment in self.assigned:
                assignment.producer_id = ids.get(assignment.producer.npn)
            if not kwargs["dry_run"]:
                ProducerAssignment.objects.bulk_create(self.assigned, batch_size=1000)

    return RowByRow, ThousandAtOnce


def _assignment(row: dict[str, str]) -> dict[str, Any]:
    return {
        "states": row["states"].split(";"),
        "loa_categories": row["loa_category"].split(";"),
        "cocodes": row["cocodes"].split(";") if row["cocodes"] else [],
        "agent_type": row["agent_type"],
        "scorecard_type": row["scorecard_type"],
    }
