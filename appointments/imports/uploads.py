"""The two types of upload of this room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.urls import reverse

from appointments import access
from appointments.gateway import settings as gateway_settings
from appointments.imports import planning
from appointments.imports.appointing import Appointing
from appointments.imports.asking import AGENT, Way
from appointments.imports.carrying import Carrying
from appointments.imports.choices import BATCHES, BY_COMPANY, JUST_IN_TIME, SEVERAL, SUBMIT
from appointments.imports.columns import AppointmentResource, TerminateResource
from appointments.imports.ending import Ending
from appointments.imports.judging import judge_lots
from appointments.imports.sheets import termination_reason_key
from appointments.imports.survey import AskedRow, RequestsSurvey
from appointments.imports.tally import sentence_of_all
from appointments.models import BulkRequest
from core.imports.models import ImportRow, ImportRun
from core.imports.rows import UploadRow
from core.imports.types import Judging, Option, Sheet, Upload
from core.imports.work import Work
from core.words import money
from producers.models import Producer
from producers.selectors import without_personal

MOST_REQUESTS = 500_000
"""That one file may ask for: beyond, a plan of it would not fit into memory."""
_TOO_MANY = (
    f"The rows of this file ask for more than {MOST_REQUESTS:,} things, one a state. "
    "Name fewer states, or put the rows into several files."
)


class RequestsUpload(Upload):
    """An upload whose rows are asked for as request sets."""

    way: ClassVar[Way]
    right = access.PREPARE

    def survey(self) -> RequestsSurvey:
        """All rows by whom they are about."""
        return RequestsSurvey(self.way.asked)

    def judge(self, rows: Sequence[UploadRow], judging: Judging) -> None:
        """Say what rows would ask for, with every row of the file for the same producer and company in view.

        ``transactions`` of what is foreseen are those that may be made, ``cost_cents`` is what a plan of the same
        requests says; see ``judge_lots`` for why that holds over the borders of chunks.
        """
        _label(rows)
        survey: RequestsSurvey = judging.survey
        asked: list[AskedRow] = []
        for row in rows:
            mine = survey.asked(row)
            if mine is not None and survey.requests > MOST_REQUESTS:
                row.fault("states", "too_many", _TOO_MANY)
            elif mine is not None:
                asked.append(mine)
            elif not row.faulty and (said := self.way.skipped(row)):
                row.warn(*said)
        lots = survey.lots(asked)
        if lots:
            just_in_time_too = bool(judging.options.get(JUST_IN_TIME))
            survey.told |= judge_lots(self.way, lots, just_in_time_too=just_in_time_too)
        by_number = {row.number: row for row in rows}
        for each in asked:
            survey.told.pop(each.number).put_on(by_number[each.number])

    def write(self, rows: Sequence[UploadRow], work: Work) -> None:
        """Never called: rows are asked for in request sets, see ``carry_out``."""
        raise NotImplementedError("Rows of this upload are asked for in request sets.")

    def carry_out(self, work: Work) -> None:
        """Ask for the rows that wait, in request sets; then submit where that was chosen."""
        Carrying(self.way, self.resource, work).run()

    def close(self, work: Work) -> None:
        """Say on request sets that have not come to their end why they rest."""
        planning.rest(work.run)

    def stopped(self, run: ImportRun) -> None:
        """Say so on its request sets too."""
        planning.rest(run)

    def cautions(self, run: ImportRun) -> list[str]:
        """That a second person approves what is submitted at once, where it costs more than the limit."""
        limit = gateway_settings.current().second_key_above_cents
        if not self.spends(run.options) or int(run.foreseen.get("cost_cents", 0)) <= limit:
            return []
        return [f"It costs more than {money(limit)}: a second person approves it before it leaves."]

    def comes_to(self, run: ImportRun) -> str:
        """How its transactions stand."""
        return sentence_of_all(run)

    def leads_to(self, run: ImportRun) -> list[tuple[str, str]]:
        """Its request sets, with how each stands."""
        sets = (
            BulkRequest.objects.filter(upload=run).order_by("created_at", "name").only("pk", "name", "status")
        )
        return [
            (
                f"request set “{bulk.name}” ({bulk.get_status_display().lower()})",
                reverse("appointments:plan", args=[bulk.pk]),
            )
            for bulk in sets
        ]

    def row_leads_to(self, row: ImportRow) -> list[tuple[str, str]]:
        """The transactions that were made of it, as far as the row names them."""
        numbers = row.effect.get("transactions", ())
        pks = [int(number.removeprefix("GT-")) for number in numbers]
        addresses = [reverse("appointments:transaction", args=[pk]) for pk in pks]
        return list(zip(numbers, addresses, strict=True))

    def read_options(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The options; ``several`` request sets are one a company."""
        values = dict(given)
        if str(values.get("batches", "")).strip().lower() == SEVERAL:
            values["batches"] = BY_COMPANY
        return super().read_options(values)


class AppointmentUpload(RequestsUpload):
    """Bulk appointments."""

    name = "appointment"
    title = "Appoint producers"
    intro = (
        "Each row asks for appointments of one producer with one company, in every state it names. "
        "ALL is every state in which the company appoints. Nothing is submitted unless you choose so."
    )
    way = Appointing()
    resource = AppointmentResource()  # type: ignore[no-untyped-call]
    options = (
        Option(
            SUBMIT,
            "Submit what is ready",
            "Eligible appointments that are not just-in-time are submitted once all rows are processed.",
            right=access.SUBMIT,
            spends=True,
        ),
        Option(
            JUST_IN_TIME,
            "Submit just-in-time appointments",
            "Those that would wait for first business are submitted as well.",
            right=access.SUBMIT,
            spends=True,
        ),
        BATCHES,
    )


class TerminateUpload(RequestsUpload):
    """Bulk terminations."""

    name = "terminate"
    title = "Terminate appointments"
    intro = (
        "Each row asks for the end of a producer's appointments with one company. "
        "An exported report of current appointments uploads as it is."
    )
    way = Ending()
    resource = TerminateResource()  # type: ignore[no-untyped-call]
    options = (
        Option(
            SUBMIT,
            "Immediately submit to NIPR",
            "Off, the terminations wait as a request set that a second person looks at.",
            right=access.SUBMIT,
            spends=True,
        ),
        BATCHES,
    )

    def sheets(self) -> Sequence[Sheet]:
        """Which reasons each state takes."""
        return (termination_reason_key(),)

    def read_options(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The options; ``immediate_submission`` is another name of ``submit``."""
        values = dict(given)
        if "immediate_submission" in values and SUBMIT not in values:
            values[SUBMIT] = values.pop("immediate_submission")
        return super().read_options(values)


def _label(rows: Sequence[UploadRow]) -> None:
    """Whom rows are about: name and NPN where both are known."""
    npns = {row.values[AGENT] for row in rows if AGENT in row.values}
    known = Producer.objects.filter(npn__in=npns).defer(*without_personal())
    names = {producer.npn: producer.display_name for producer in known}
    for row in rows:
        npn = row.values.get(AGENT, "")
        name = names.get(npn, "")
        row.label = (f"{name} ({npn})" if name else f"NPN {npn}" if npn else "")[:200]
