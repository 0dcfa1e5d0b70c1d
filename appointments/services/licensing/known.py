"""What is known for a chunk of license requests, read with a number of queries that does not depend on their number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from appointments.services.asking import known as asking
from appointments.services.asking.requests import Asked
from appointments.services.licensing.prerequisites import Applicant, applicants
from rulebook.rules.holdings import Holdings
from rulebook.rules.vocabulary import Residency


@dataclass(frozen=True, slots=True)
class LicenseKnown:
    """Facts and rules, with the producers as applicants by id."""

    facts: asking.Known
    people: Mapping[int, Applicant]

    def held(self, producer_id: int) -> Holdings:
        """The producer's holdings today."""
        return self.facts.held(producer_id, self.facts.today)

    def residency(self, producer_id: int, state: str) -> str:
        """Resident in the state it says it lives in; where it says none, in that of its resident license."""
        home = self.people[producer_id].resident_state
        if not home:
            license_ = self.held(producer_id).resident_license
            home = license_.state if license_ else ""
        return Residency.RESIDENT if home == state else Residency.NON_RESIDENT


def for_licenses(asked: Sequence[Asked], *, lock: bool) -> LicenseKnown:
    """What judging license requests of either kind needs."""
    facts = asking.for_appointments(asked, lock=lock)
    return LicenseKnown(facts, applicants([producer.pk for producer in facts.producers.values()]))
