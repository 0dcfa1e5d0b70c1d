"""What `make demo` puts on file: people, companies, and producers that the real sync reads from the simulator."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any, Final

import httpx
from django.contrib.auth.models import Group
from django.db import transaction

from agentsync import roles
from appointments.models import Company
from appointments.selectors.records import company_names
from appointments.services.companies import CompanyFields, CompanyStateFields, create_company
from core.accounts.models import User
from core.actor import Actor
from core.jobs.models import IS_OPEN, Job, JobStatus
from core.notices.rounds import ask_round
from producers.enums import EntityType, ScorecardType, Tracking
from producers.models import License, LicenseLine, Producer, ProducerAssignment
from producers.services import create_assignment, create_producer, set_tracking
from producers.states import state_names
from rulebook.rules.vocabulary import LoaCategory
from rulebook.selectors import load_rule_book
from scorecards.models import Scorecard

Say = Callable[[str], None]

PASSWORD: Final = "see-every-license"  # noqa: S105 - printed by `make demo`; every account of it is invented
PEOPLE: Final = (
    ("admin", "Ada Lindqvist", roles.ADMINISTRATOR),
    ("specialist", "Leo Marchetti", roles.SPECIALIST),
    ("submitter", "Sue Okafor", roles.SUBMITTER),
    ("approver", "Pia Novak", roles.APPROVER),
    ("auditor", "Otto Brandt", roles.AUDITOR),
)
AGENCIES = 24
INDIVIDUALS = 226
COMPANIES = 8
MOST_STATES = 6
LONGEST_WAIT = 240.0
ACTOR = Actor.task("demo")


class DemoFailed(Exception):
    """The demonstration could not be set up; the message says why."""


@dataclass(frozen=True, slots=True)
class Simulator:
    """The simulator's own handles."""

    url: str

    def get(self, name: str) -> Any:
        """Read one of them."""
        return (
            httpx.get(f"{self.url}/_simulator/{name}", timeout=30, trust_env=False).raise_for_status().json()
        )

    def move_to(self, day: str) -> None:
        """Move its calendar on; moving it to where it stands does nothing."""
        answer = httpx.post(f"{self.url}/_simulator/clock", json={"date": day}, timeout=30, trust_env=False)
        answer.raise_for_status()


def seed(simulator: Simulator, say: Say) -> None:
    """Fill an empty demonstration; what is there from before stays as it is."""
    people = make_people()
    dice = Random(7)  # noqa: S311 - the same demonstration every time
    if Producer.objects.exists():
        say(f"Using the {Producer.objects.count()} producers that are here from before.")
    else:
        make_companies(simulator.get("carriers"))
        ids = put_on_file(simulator.get("roster?full=1"), people["specialist"], dice)
        say(f"{len(ids)} producers and agencies are on file; reading them from the registry.")
        set_tracking(ids, Tracking.ACTIVE, actor=ACTOR)
        wait_for_jobs(say)
    if not ProducerAssignment.objects.exists():
        say(f"{assign_all(dice)} assignments say what they should hold; computing scorecards.")
        wait_for_jobs(say)
    ask_round(ACTOR)
    wait_for_jobs(say)
    say(f"{Scorecard.objects.count()} scorecards compare what each should hold with what it holds.")


def make_people() -> dict[str, User]:
    """One person for each role."""
    found = {}
    for key, name, role in PEOPLE:
        email = f"{key}@demo.example"
        user = User.objects.filter(email=email).first()
        if user is None:
            user = User.objects.create_user(email, PASSWORD, name=name, is_staff=True)
            user.groups.add(Group.objects.get(name=role))
        found[key] = user
    return found


@transaction.atomic
def make_companies(carriers: Iterable[dict[str, Any]]) -> None:
    """The first carriers of the simulator, doing business in every state."""
    chosen = [each for each in carriers if each["cocode"]][:COMPANIES]
    on_file, known = company_names([each["cocode"] for each in chosen]), set(LoaCategory)
    states: list[CompanyStateFields] = [{"state": state, "active": True} for state in state_names()]
    for carrier in chosen:
        if carrier["cocode"] not in on_file:
            fields: CompanyFields = {
                "name": carrier["name"],
                "cocode": carrier["cocode"],
                "fein": carrier["fein"],
                "loa_categories": [category for category in carrier["categories"] if category in known],
            }
            create_company(fields, states, actor=ACTOR)


@transaction.atomic
def put_on_file(roster: Sequence[dict[str, str]], owner: User, dice: Random) -> list[int]:
    """Agencies first, then individuals, most of them in one, half of them looked after by somebody. None is tracked."""
    firms = [each for each in roster if each["entity_type"] == EntityType.FIRM][:AGENCIES]
    people = [each for each in roster if each["entity_type"] == EntityType.INDIVIDUAL]
    agencies = [_create(each, owner, None) for each in firms]
    chosen = people[:1] + dice.sample(people[1:], min(INDIVIDUALS, len(people)) - 1)
    members = [
        _create(each, dice.choice((owner, None)), dice.choice([*agencies, *agencies, None]))
        for each in chosen
    ]
    return [producer.pk for producer in (*agencies, *members)]


def _create(entry: dict[str, str], owner: User | None, agency: Producer | None) -> Producer:
    own = (
        "npn",
        "entity_type",
        "first_name",
        "middle_name",
        "last_name",
        "suffix",
        "company_name",
        "fein",
    )
    fields: dict[str, Any] = {name: entry[name] for name in own if entry.get(name)}
    if entry["birth_date"]:
        fields["birth_date"] = date.fromisoformat(entry["birth_date"])
    return create_producer(
        {**fields, "owner": owner, "agency": agency, "tracking": Tracking.INACTIVE},  # type: ignore[typeddict-item]
        actor=ACTOR,
    )


def assign_all(dice: Random) -> int:
    """What each should hold: mostly what it holds, and a little more, so that there is something to do."""
    companies = list(Company.objects.order_by("pk"))
    states_of, categories_of = _held()
    producers = Producer.objects.filter(pk__in=states_of).defer("birth_date").order_by("pk")
    anywhere = sorted(set().union(*states_of.values()))
    count = 0
    for producer in producers:
        states = states_of[producer.pk]
        wanted = [state for state, _ in states.most_common(MOST_STATES)]
        wanted += dice.sample(anywhere, dice.choice((0, 0, 0, 1)))
        categories = [
            category for category, _ in categories_of[producer.pk].most_common(dice.choice((1, 2, 3)))
        ]
        if categories:
            _assign(producer, wanted, categories, _suitable(companies, categories, dice))
            count += 1
    return count


def _assign(producer: Producer, states: list[str], categories: list[str], companies: list[Company]) -> None:
    kind = ScorecardType.LICENSE_AND_APPOINTMENT if companies else ScorecardType.LICENSE
    cocodes = [company.cocode for company in companies]
    create_assignment(
        producer.pk,
        {"states": states, "loa_categories": categories, "cocodes": cocodes, "scorecard_type": kind.value},
        actor=ACTOR,
    )


def _suitable(companies: Sequence[Company], categories: Sequence[str], dice: Random) -> list[Company]:
    able = [company for company in companies if set(categories) & set(company.loa_categories)]
    return dice.sample(able, min(len(able), dice.choice((0, 0, 0, 1))))


def _held() -> tuple[dict[int, Counter[str]], dict[int, Counter[str]]]:
    """States and categories of what each producer holds now."""
    rules = load_rule_book()
    states: dict[int, Counter[str]] = {}
    categories: dict[int, Counter[str]] = {}
    licenses = License.objects.filter(known_to=None, active=True)
    for pk, state in licenses.values_list("producer_id", "state"):
        states.setdefault(pk, Counter())[state] += 1
        categories.setdefault(pk, Counter())
    lines = LicenseLine.objects.filter(known_to=None, producer__in=states)
    for pk, state, code, name in lines.values_list("producer_id", "state", "loa_code", "loa"):
        usable = rules.categories(state, code, name) - {LoaCategory.NOT_APPLICABLE}
        categories[pk].update(sorted(usable))
    return states, categories


def wait_for_jobs(say: Say) -> None:
    """Until the worker has done all that waits, telling how far it is."""
    deadline, told = time.monotonic() + LONGEST_WAIT, ""
    while (job := Job.objects.filter(IS_OPEN).order_by("created_at").first()) is not None:
        text = f"  {job.title}: {job.done} of {job.total}" if job.total else ""
        if text != told:
            say(text)
            told = text
        if time.monotonic() > deadline:
            raise DemoFailed(
                f"“{job.title}” takes longer than {LONGEST_WAIT:.0f} seconds. Is the worker running?"
            )
        time.sleep(0.5)
    failed = Job.objects.filter(status=JobStatus.FAILED).order_by("-created_at").first()
    if failed is not None:
        raise DemoFailed(f"“{failed.title}” failed: {failed.error}")
