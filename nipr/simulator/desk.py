"""The alerts desk: subscriptions, their targets, and the report of a working day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from threading import RLock
from typing import Protocol, TypeVar

from nipr.simulator.clock import is_working_day, previous_working_day
from nipr.simulator.registry import Registry
from nipr.simulator.search import Directory
from nipr.wire import assumed
from nipr.wire.alerts import AlertsRequest, InputFormat, Operation, TargetInput
from nipr.wire.messages import (
    AlertsReport,
    AlertTarget,
    AlertType,
    Appointment,
    Demographics,
    EntityAlert,
    EntityReport,
    InvalidTarget,
    Residency,
    StateAlert,
    Subscription,
    TargetResults,
)
from nipr.wire.soap import SoapFault
from nipr.wire.values import bare_fein, is_npn

MOST_TARGETS = 500
CATCH_UP_DAYS = 14
MESSAGE_ID = "00000000-0000-0000-0000-000000000000"
CENTRAL = timezone(timedelta(hours=-6))

NOT_FOUND = "Producer was not found"
BAD_FORMAT = "Invalid format"
NOT_TARGETED = "Target was not removed because it doesn't exist for this subscription."
FULL = f"The subscription holds {MOST_TARGETS} producers already."


class _OfState(Protocol):
    @property
    def state(self) -> str: ...


Row = TypeVar("Row", bound=_OfState)
Answer = tuple[Subscription, ...] | tuple[AlertTarget, ...] | TargetResults | AlertsReport | None


def no_alerts() -> SoapFault:
    return SoapFault(assumed.NO_ALERTS_TEXT, assumed.NO_ALERTS_CODE)


def not_ready() -> SoapFault:
    return SoapFault(assumed.NOT_READY_TEXT, assumed.NOT_READY_CODE)


def unknown_subscription() -> SoapFault:
    return SoapFault(assumed.UNKNOWN_SUBSCRIPTION_TEXT, assumed.UNKNOWN_SUBSCRIPTION_CODE)


@dataclass(slots=True)
class Account:
    """A subscription with whom it follows since when, and up to which day its reports were fetched."""

    subscription: Subscription
    targets: dict[str, date] = field(default_factory=dict)
    retrieved: date | None = None


class AlertsDesk:
    """Answers each operation of the alerts service with a value, or raises a :class:`SoapFault`."""

    def __init__(self, registry: Registry, directory: Directory) -> None:
        self._registry = registry
        self._directory = directory
        self._lock = RLock()
        self.accounts: dict[str, Account] = {}
        self._operations: dict[Operation, Callable[[AlertsRequest], Answer]] = {
            Operation.ADD_SUBSCRIPTION: self._add,
            Operation.EDIT_SUBSCRIPTION: self._edit,
            Operation.REMOVE_SUBSCRIPTION: self._remove,
            Operation.RETRIEVE_ALL_SUBSCRIPTIONS: self._all,
            Operation.ADD_TARGETS: self._add_targets,
            Operation.REMOVE_TARGETS: self._remove_targets,
            Operation.REMOVE_ALL_TARGETS: self._remove_all_targets,
            Operation.RETRIEVE_TARGETS: self._targets,
            Operation.SPECIFIC_REPORT: self._specific,
            Operation.SPECIFIC_REPORT_FOR_SUBSCRIPTION: self._specific,
            Operation.CURRENT_REPORT: self._current,
            Operation.CURRENT_REPORT_FOR_SUBSCRIPTION: self._current,
            Operation.CATCH_UP: self._catch_up,
            Operation.CATCH_UP_FOR_SUBSCRIPTION: self._catch_up,
        }

    def answer(self, request: AlertsRequest) -> Answer:
        with self._lock:
            return self._operations[request.operation](request)

    def reset(self) -> None:
        with self._lock:
            self.accounts.clear()

    # Subscriptions

    def _account(self, request: AlertsRequest) -> Account:
        try:
            return self.accounts[request.subscription_name]
        except KeyError:
            raise unknown_subscription() from None

    def _add(self, request: AlertsRequest) -> None:
        subscription = _given(request)
        if subscription.name in self.accounts:
            raise SoapFault(f"The subscription {subscription.name} already exists", code="Client")
        self.accounts[subscription.name] = Account(subscription)

    def _edit(self, request: AlertsRequest) -> None:
        subscription = _given(request)
        if subscription.name != request.subscription_name:
            raise SoapFault("The subscription names must match", code="Client")
        self._account(request).subscription = subscription

    def _remove(self, request: AlertsRequest) -> None:
        self._account(request)
        del self.accounts[request.subscription_name]

    def _all(self, request: AlertsRequest) -> tuple[Subscription, ...]:
        return tuple(account.subscription for account in self.accounts.values())

    # Targets

    def _add_targets(self, request: AlertsRequest) -> TargetResults:
        account = self._account(request)
        valid, invalid = [], []
        for value, npn, reason in self._resolved(request.targets):
            full = npn not in account.targets and len(account.targets) >= MOST_TARGETS
            if reason or full:
                invalid.append(InvalidTarget(value, reason or FULL))
                continue
            added = account.targets.setdefault(npn, self._registry.today)
            valid.append(AlertTarget(npn, added))
        return TargetResults(tuple(valid), tuple(invalid))

    def _remove_targets(self, request: AlertsRequest) -> TargetResults:
        account = self._account(request)
        valid, invalid = [], []
        for value, npn, _ in self._resolved(request.targets):
            added = account.targets.pop(npn, None)
            if added is None:
                invalid.append(InvalidTarget(value, NOT_TARGETED))
            else:
                valid.append(AlertTarget(npn, added))
        return TargetResults(tuple(valid), tuple(invalid))

    def _remove_all_targets(self, request: AlertsRequest) -> None:
        self._account(request).targets.clear()

    def _targets(self, request: AlertsRequest) -> tuple[AlertTarget, ...]:
        return tuple(AlertTarget(npn, added) for npn, added in self._account(request).targets.items())

    def _resolved(self, targets: TargetInput | None) -> Iterator[tuple[str, str, str]]:
        """Each input with the NPN it means, or the reason why it means none."""
        if targets is None:
            raise SoapFault("targetInputData is missing", code="Client")
        for value in targets.values:
            npn = self._npn_of(targets.format, value)
            if npn is None:
                yield value, "", BAD_FORMAT
            else:
                yield value, npn, "" if npn in self._registry.population else NOT_FOUND

    def _npn_of(self, form: InputFormat, value: str) -> str | None:
        """The NPN, ``""`` when nobody is meant, ``None`` when the input has not its format."""
        if form is InputFormat.NPN:
            return value if is_npn(value) else None
        if form is InputFormat.FEIN:
            who = self._directory.by_fein(value)
            return (who.npn if who else "") if bare_fein(value).isdigit() else None
        ssn, _, last_name = value.partition("|")
        who = self._directory.by_ssn(ssn)
        return who.npn if who and who.last_name == last_name.strip().upper() else ""

    # Reports

    def _reported_on(self, request: AlertsRequest) -> list[Account]:
        """The accounts a report is about: the one named, or all."""
        return [self._account(request)] if request.subscription_name else list(self.accounts.values())

    def _specific(self, request: AlertsRequest) -> AlertsReport:
        """The report of one day, complete once that day has passed."""
        accounts, day = self._reported_on(request), request.report_date
        if day is None:
            raise SoapFault("reportDate is missing", code="Client")
        if day >= self._registry.today:
            raise not_ready()
        if not is_working_day(day):
            raise no_alerts()
        return self._report(accounts, previous_working_day(day), day)

    def _current(self, request: AlertsRequest) -> AlertsReport:
        day = previous_working_day(self._registry.today)
        return self._report(self._reported_on(request), previous_working_day(day), day)

    def _catch_up(self, request: AlertsRequest) -> AlertsReport:
        """One report of everything since the last one fetched, at most fourteen days back."""
        accounts, day = self._reported_on(request), previous_working_day(self._registry.today)
        earliest = day - timedelta(days=CATCH_UP_DAYS)
        after = min((account.retrieved or earliest for account in accounts), default=earliest)
        return self._report(accounts, max(after, earliest), day)

    def _report(self, accounts: list[Account], after: date, until: date) -> AlertsReport:
        entities: dict[str, EntityAlert] = {}
        for account in accounts:
            account.retrieved = max(until, account.retrieved or until)
            for npn, added in account.targets.items():
                since = max(after, added - timedelta(days=1))
                if alert := self._alert(npn, account.subscription, since, until):
                    entities[npn] = alert
        if not entities:
            raise no_alerts()
        made_at = datetime.combine(until, time(9, 30), CENTRAL)
        return AlertsReport(MESSAGE_ID, made_at, tuple(entities.values()))

    def _alert(self, npn: str, subscription: Subscription, after: date, until: date) -> EntityAlert | None:
        history = self._registry.history(npn)
        touched = {
            (state, kind) for state, kind in history.touched(after, until) if kind in subscription.alert_types
        }
        report = history.at(until)
        states = sorted({state for state, _ in touched if _follows(subscription, state, report)})
        alerts = (
            state_alert(report, state, {kind for where, kind in touched if where == state}, subscription)
            for state in states
        )
        told = tuple(alert for alert in alerts if alert)
        return EntityAlert(npn, report.entity_type, report.biographic.birth_date, told) if told else None


def _given(request: AlertsRequest) -> Subscription:
    if request.subscription is None or not request.subscription.name:
        raise SoapFault("subscriptionInputData is missing", code="Client")
    return request.subscription


def _follows(subscription: Subscription, state: str, report: EntityReport) -> bool:
    if subscription.resident_state_only:
        return any(lic.state == state and lic.residency is Residency.RESIDENT for lic in report.licenses)
    return not subscription.states or state in subscription.states


def state_alert(
    report: EntityReport, state: str, kinds: set[AlertType], subscription: Subscription
) -> StateAlert | None:
    """The full current set of each changed category in one state; ``None`` when the subscription wants none of it."""
    appointments = AlertType.APPOINTMENTS in kinds and subscription.follow_companies
    if kinds == {AlertType.APPOINTMENTS} and not appointments:
        return None
    rirs = AlertType.RIRS in kinds
    return StateAlert(
        state=state,
        licenses=_of(report.licenses, state) if AlertType.LICENSING in kinds else None,
        appointments=_of_companies(report, state, subscription) if appointments else None,
        demographics=_demographics(report, state) if AlertType.DEMOGRAPHICS in kinds else None,
        regulatory_actions=_of(report.regulatory_actions, state) if rirs else None,
    )


def _of(rows: tuple[Row, ...], state: str) -> tuple[Row, ...]:
    return tuple(row for row in rows if row.state == state)


def _of_companies(report: EntityReport, state: str, subscription: Subscription) -> tuple[Appointment, ...]:
    wanted = subscription.companies
    return tuple(
        row
        for row in _of(report.appointments, state)
        if not wanted or row.cocode in wanted or row.fein in wanted
    )


def _demographics(report: EntityReport, state: str) -> Demographics:
    person = report.biographic
    return Demographics(
        last_name=person.last_name,
        first_name=person.first_name,
        middle_name=person.middle_name,
        suffix=person.suffix,
        company_name=person.company_name,
        other_names=_of(report.other_names, state),
        addresses=_of(report.addresses, state),
        contacts=_of(report.contacts, state),
    )
