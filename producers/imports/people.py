"""What the uploads about people share: looking everybody up at once, deciding row by row, writing together."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import transaction
from django.urls import reverse

from core import words
from core.actor import Actor
from core.imports.models import ImportRow, ImportRun
from core.imports.rows import UploadRow
from core.imports.types import Judging, Undone, Upload
from producers.imports.following import operation_of, read_newcomers, syncs_of
from producers.imports.judging import Judge, names_in, new_agency
from producers.imports.survey import PeopleSurvey
from producers.imports.undoing import undo
from producers.imports.written import Written
from producers.services.onboarding import Batch
from producers.sync.runs import sync_cost

if TYPE_CHECKING:
    from core.imports.work import Work


class PeopleUpload(Upload):
    """An upload whose rows are about producers, each by its NPN."""

    can_be_undone: ClassVar = True

    @abstractmethod
    def decide(self, judge: Judge, row: UploadRow) -> Written | None:
        """Judge one row and carry it out in memory; None when it has an error."""

    def survey(self) -> PeopleSurvey:
        """Who comes again and who contradicts whom, whatever the order of rows."""
        return PeopleSurvey()

    def judge(self, rows: Sequence[UploadRow], judging: Judging) -> None:
        """What each row would do, built on what earlier good rows of the file would have done."""
        survey: PeopleSurvey = judging.survey
        npns, ssns, cocodes = names_in(rows)
        batch = Batch.read(npns, ssns=ssns, cocodes=cocodes, lock=False)
        batch.people |= {npn: survey.memory[npn] for npn in npns & survey.memory.keys()}
        batch.people |= {
            npn: new_agency(npn, survey.agencies[npn].name) for npn in npns & survey.made_agencies
        }
        judge, report_cents = Judge(batch, survey), sync_cost(1)
        for row in rows:
            written = self.decide(judge, row)
            if written is not None:
                _foresee(written, survey, report_cents)

    @transaction.atomic
    def write(self, rows: Sequence[UploadRow], work: Work) -> None:
        """Write producers, agencies and assignments. IntegrityError when somebody took a number meanwhile."""
        npns, ssns, cocodes = names_in(rows)
        batch = Batch.read(npns, ssns=ssns, cocodes=cocodes, lock=True)
        judge = Judge(batch, None)
        written = [done for row in rows if (done := self.decide(judge, row))]
        batch.save(actor=work.actor, operation_id=operation_of(work.run.pk))
        for done in written:
            done.row.effect = done.effect()

    def close(self, work: Work) -> None:
        """Have the new producers read from the registry, in one sync."""
        read_newcomers(work.run)

    def stopped(self, run: ImportRun) -> None:
        """Nobody may be at work on it any more to close it."""
        read_newcomers(run)

    def leads_to(self, run: ImportRun) -> list[tuple[str, str]]:
        """The syncs of its newcomers."""
        return syncs_of(run)

    def row_leads_to(self, row: ImportRow) -> list[tuple[str, str]]:
        """The producer that the row is about; its agency where the row brought that."""
        found = [("the producer", row.effect.get("producer"))]
        if "agency" in row.effect.get("made", ()):
            found.append(("the agency", row.effect.get("agency")))
        return [(name, reverse("producers:page", args=[pk])) for name, pk in found if pk]

    def spending_in_words(self, foreseen: Mapping[str, Any]) -> str:
        """The reports that are read of newcomers."""
        if not (reports := foreseen.get("reports", 0)):
            return ""
        return f"reading {words.counted(reports, 'report')} for {words.money(foreseen['cost_cents'])}"

    def undo(self, rows: Sequence[UploadRow], actor: Actor) -> Undone:
        """Take new producers, agencies and assignments off file again."""
        return undo(rows, actor)


def _foresee(written: Written, survey: PeopleSurvey, report_cents: int) -> None:
    survey.remember(written.person)
    agency = written.agency
    if agency is not None and agency.is_new:
        survey.made_agencies.add(agency.npn)
        # Whichever row is written first makes the agency, and the name may stand in another one.
        written.row.effect = {"agency_name": agency.values["company_name"]}
    if reports := written.made_person + written.made_agency:
        written.row.foreseen = {"reports": reports, "cost_cents": reports * report_cents}
