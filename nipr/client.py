"""The registry as this product uses it: one method for each thing to ask, typed values back, errors sorted.

Every call is opened in the ledger before it leaves and closed with its outcome and price. Only ``entity_report`` costs
money. The client keeps its connections and may be shared by threads.
"""

from __future__ import annotations

import contextvars
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import date, datetime
from typing import TypeVar

import structlog
from django.utils import timezone
from tenacity import (
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)

from nipr.calls import Call, outcome_of
from nipr.config import RegistryConfig
from nipr.errors import (
    InvalidNpn,
    InvalidQuery,
    RegistryError,
    RegistryFault,
    UnknownSubscription,
)
from nipr.exchange import Repeat, Reply, Request
from nipr.gateway import GatewayCalls, GatewayPost
from nipr.ledger import CostLedger, Outcome
from nipr.portal import PortalCalls
from nipr.replies import read_alerts_report, read_entity, read_hitlist, read_soap
from nipr.wire import addinfo, alerts
from nipr.wire.alerts import AlertsRequest, InputFormat, Operation, TargetInput
from nipr.wire.messages import (
    AddInfo,
    AlertsReport,
    AlertTarget,
    EntityReport,
    HitlistRow,
    InvalidTarget,
    Subscription,
    TargetResults,
)
from nipr.wire.values import bare_fein, is_npn

__all__ = ["GatewayPost", "RegistryClient", "RegistryConfig"]

T = TypeVar("T")
log = structlog.get_logger(__name__)

REPORTS = "pdb-xml-reports"
ALERTS = "pdb-alerts-industry-services"
ALERTS_PATH = "/pdb-alerts-industry-services/services/industry-ws"
ADDINFO_SECONDS = 10.0
VISIBLE_AFTER = 10
"""Times to offer targets to a subscription made a moment ago: a new one is not visible at once."""
_LETTERS = re.compile(r"[^\W\d_]")
_WRITES = frozenset(
    {
        Operation.ADD_SUBSCRIPTION,
        Operation.EDIT_SUBSCRIPTION,
        Operation.REMOVE_SUBSCRIPTION,
        Operation.ADD_TARGETS,
        Operation.REMOVE_TARGETS,
        Operation.REMOVE_ALL_TARGETS,
        Operation.CATCH_UP,
        Operation.CATCH_UP_FOR_SUBSCRIPTION,
    }
)
"""Catch-up counts as a write: fetching it moves the registry's mark of what we have seen."""


class RegistryClient(GatewayCalls, PortalCalls):
    """Asks the registry. ``clock`` dates the ledger and with it the price."""

    def __init__(
        self, config: RegistryConfig, ledger: CostLedger, *, clock: Callable[[], datetime] = timezone.now
    ) -> None:
        super().__init__(config, ledger, clock)
        self._new_subscriptions: set[str] = set()

    # Entity reports

    def entity_report(self, npn: str) -> EntityReport:
        """Buy the whole report about one NPN."""
        request = _report_request("entityinfo", npn)
        return self._call("entityinfo", request, lambda reply: read_entity(reply, npn), npn=npn, paid=True)

    def entity_reports(
        self, npns: Iterable[str], *, workers: int = 4
    ) -> Iterator[tuple[str, EntityReport | RegistryError]]:
        """Buy several reports side by side, each handed out as it arrives, in any order.

        What goes wrong with one NPN is its answer. The ledger is only touched by the calling thread.
        """
        with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="nipr") as pool:
            waiting: dict[Future[EntityReport], tuple[str, Call]] = {}
            try:
                for npn in npns:
                    if not is_npn(npn):
                        yield npn, _invalid(npn)
                        continue
                    call = self._open("entityinfo", REPORTS, npn=npn, paid=True)
                    waiting[self._submit_lookup(pool, npn, call)] = npn, call
                    if len(waiting) >= workers * 2:
                        yield self._next_report(waiting)
                while waiting:
                    yield self._next_report(waiting)
            finally:  # the caller may stop half way: what has left is still noted
                while waiting:
                    self._next_report(waiting)

    def _submit_lookup(self, pool: ThreadPoolExecutor, npn: str, call: Call) -> Future[EntityReport]:
        def look_up() -> EntityReport:
            return self._exchange.run(
                _report_request("entityinfo", npn), lambda reply: read_entity(reply, npn), call.tally
            )

        return pool.submit(contextvars.copy_context().run, look_up)

    def _next_report(
        self, waiting: dict[Future[EntityReport], tuple[str, Call]]
    ) -> tuple[str, EntityReport | RegistryError]:
        """Take the first look-up that is done off the waiting ones and close its ledger entry."""
        done = next(as_completed(waiting))
        npn, call = waiting.pop(done)
        try:
            report = done.result()
        except RegistryError as error:
            self._close(call, outcome_of(error))
            return npn, error
        self._close(call, Outcome.ANSWERED)
        return npn, report

    def add_info(self, npn: str) -> AddInfo | None:
        """When each category last changed, free of charge; ``None`` when the registry does not say it usefully."""
        request = _report_request("addinfo", npn, Repeat.NEVER)
        timeout = min(ADDINFO_SECONDS, self._config.timeout)

        def read(reply: Reply) -> AddInfo | None:
            return addinfo.decode(reply.read(), npn) if reply.status == 200 else None

        try:
            return self._call("addinfo", request, read, npn=npn, timeout=timeout)
        except RegistryError:
            return None

    # Searches

    def hitlist_individual(
        self,
        *,
        last_name: str = "",
        first_name: str = "",
        middle_name: str = "",
        entity_id: str = "",
        ssn: str = "",
    ) -> tuple[HitlistRow, ...]:
        """Search people by name, or by the registry's entity id."""
        if not entity_id and len(_LETTERS.findall(last_name)) < 2:
            raise InvalidQuery("Give at least two letters of the last name, or an entity id.")
        return self._hitlist(
            report_type="1",
            name_last=last_name,
            name_first=first_name,
            name_middle=middle_name,
            entity_id=entity_id,
            ssn=ssn,
        )

    def hitlist_firm(self, *, company_name: str = "", fein: str = "") -> tuple[HitlistRow, ...]:
        """Search firms by name or by FEIN."""
        if not fein and len(_LETTERS.findall(company_name)) < 2:
            raise InvalidQuery("Give at least two letters of the company's name, or a FEIN.")
        return self._hitlist(report_type="0", name_company=company_name, id_fein=bare_fein(fein))

    def hitlist_license(self, license_number: str, state: str) -> tuple[HitlistRow, ...]:
        """Search by the number of a licence in a state."""
        if not license_number or not state:
            raise InvalidQuery("Give a licence number and its state.")
        return self._hitlist(report_type="2", license=license_number, state=state)

    def _hitlist(self, **params: str) -> tuple[HitlistRow, ...]:
        given = {name: value for name, value in params.items() if value}
        request = Request(REPORTS, "/pdb-xml-reports/hitlist_xml.cgi", given)
        return self._call("hitlist", request, read_hitlist)

    # Alert subscriptions

    def subscriptions(self) -> tuple[Subscription, ...]:
        """All subscriptions of the account."""
        return self._alerts(AlertsRequest(Operation.RETRIEVE_ALL_SUBSCRIPTIONS), alerts.decode_subscriptions)

    def add_subscription(self, subscription: Subscription) -> None:
        """Make a subscription. The registry may not show it at once; :meth:`add_targets` waits for it."""
        self._alerts(
            AlertsRequest(Operation.ADD_SUBSCRIPTION, subscription=subscription), alerts.decode_empty
        )
        self._new_subscriptions.add(subscription.name)

    def edit_subscription(self, subscription: Subscription) -> None:
        """Change what a subscription follows; its name stays."""
        request = AlertsRequest(Operation.EDIT_SUBSCRIPTION, subscription.name, subscription)
        self._alerts(request, alerts.decode_empty)

    def remove_subscription(self, name: str) -> None:
        """Remove a subscription with its targets."""
        self._alerts(AlertsRequest(Operation.REMOVE_SUBSCRIPTION, name), alerts.decode_empty)
        self._new_subscriptions.discard(name)

    def add_targets(self, name: str, npns: Sequence[str]) -> TargetResults:
        """Follow producers. Malformed NPNs are refused here; a subscription made just now is waited for."""
        if name not in self._new_subscriptions:
            return self._targets(Operation.ADD_TARGETS, name, npns)
        retrying = Retrying(
            stop=stop_after_attempt(VISIBLE_AFTER) | stop_before_delay(self._config.timeout),
            wait=wait_random_exponential(multiplier=self._config.backoff, max=5),
            retry=retry_if_exception(lambda error: isinstance(error, UnknownSubscription | RegistryFault)),
            reraise=True,
        )
        results = retrying(self._targets, Operation.ADD_TARGETS, name, npns)
        self._new_subscriptions.discard(name)
        return results

    def remove_targets(self, name: str, npns: Sequence[str]) -> TargetResults:
        """Stop following producers."""
        return self._targets(Operation.REMOVE_TARGETS, name, npns)

    def remove_all_targets(self, name: str) -> None:
        """Stop following everybody of a subscription."""
        self._alerts(AlertsRequest(Operation.REMOVE_ALL_TARGETS, name), alerts.decode_empty)

    def targets(self, name: str) -> tuple[AlertTarget, ...]:
        """Who a subscription follows."""
        return self._alerts(AlertsRequest(Operation.RETRIEVE_TARGETS, name), alerts.decode_targets)

    def _targets(self, operation: Operation, name: str, npns: Sequence[str]) -> TargetResults:
        good = tuple(npn for npn in npns if is_npn(npn))
        bad = tuple(InvalidTarget(npn, "Invalid format") for npn in npns if not is_npn(npn))
        if not good:
            return TargetResults(invalid=bad)
        request = AlertsRequest(operation, name, targets=TargetInput(InputFormat.NPN, good))
        results = self._alerts(request, alerts.decode_target_results)
        return TargetResults(results.valid, (*bad, *results.invalid))

    # Alert reports

    def alerts_report(self, day: date, subscription: str = "") -> AlertsReport:
        """What changed on a day, for one subscription or for all. A read: it may be asked again."""
        operation = Operation.SPECIFIC_REPORT_FOR_SUBSCRIPTION if subscription else Operation.SPECIFIC_REPORT
        return self._report(AlertsRequest(operation, subscription, report_date=day))

    def current_report(self, subscription: str = "") -> AlertsReport:
        """What changed on the last working day."""
        operation = Operation.CURRENT_REPORT_FOR_SUBSCRIPTION if subscription else Operation.CURRENT_REPORT
        return self._report(AlertsRequest(operation, subscription))

    def catch_up(self, subscription: str = "") -> AlertsReport:
        """What changed since the last report fetched, fourteen days at most. Never sent twice by itself."""
        operation = Operation.CATCH_UP_FOR_SUBSCRIPTION if subscription else Operation.CATCH_UP
        return self._report(AlertsRequest(operation, subscription))

    def _report(self, request: AlertsRequest) -> AlertsReport:
        return self._call(request.operation.value, _soap_request(request), read_alerts_report)

    def _alerts(self, request: AlertsRequest, decode: Callable[[bytes], T]) -> T:
        return self._call(
            request.operation.value, _soap_request(request), lambda reply: read_soap(reply, decode)
        )


def _invalid(npn: str) -> InvalidNpn:
    return InvalidNpn(f"{npn[:20]!r} is not an NPN: an NPN has one to ten digits. Nothing was sent.")


def _report_request(name: str, npn: str, repeat: Repeat = Repeat.ALWAYS) -> Request:
    if not is_npn(npn):
        raise _invalid(npn)
    return Request(REPORTS, f"/pdb-xml-reports/{name}_xml.cgi", {"id_entity": npn}, repeat=repeat)


def _soap_request(request: AlertsRequest) -> Request:
    return Request(
        ALERTS,
        ALERTS_PATH,
        content=alerts.encode_request(request),
        headers={
            "Content-Type": "text/xml; charset=utf-8",
            "SOAPAction": f'"{request.operation.soap_action}"',
        },
        repeat=Repeat.UNSENT if request.operation in _WRITES else Repeat.ALWAYS,
    )
