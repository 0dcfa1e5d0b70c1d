"""Clerk, clock, relay, senders, reconciler and registry in whatever order (T4): nothing is paid twice or forgotten."""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

import pytest
import time_machine
from celery import current_app
from django.conf import settings as django_settings
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from appointments.enums import StatusDetail
from appointments.gateway import crashpoints, far_side, reconcile, relay, send
from appointments.gateway.crashpoints import Point
from appointments.models import GatewayState, SubmissionAttempt, Transaction
from core import clock
from tests.appointments.gateway.world import Stopped, converge, queue, set_gateway, take_back
from tests.concurrency.gateway.desk import FAULTS, Desk

WAITS = st.sampled_from([1, 20, 61, 130, 400, 4000, 30_000])
points, faults = st.sampled_from(list(Point)), st.sampled_from(FAULTS)


class Gateway(RuleBasedStateMachine):
    """Each rule is somebody who acts. A sender may die at a point, or be held up there while others act."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.patches = [
            patch.object(far_side, "registry", self.desk.registry),
            patch.object(current_app, "send_task", lambda *_args, **_kwargs: None),
        ]
        for each in self.patches:
            each.start()
        self.travel = time_machine.travel(clock.now(), tick=False)
        self.traveller = self.travel.start()
        set_gateway(document_size=3, settle_seconds=300)

    def teardown(self) -> None:
        try:
            self.desk.faults.clear()
            crashpoints.hook = None
            converge()
            self.all_is_explained()
        finally:
            self.travel.stop()
            for each in self.patches:
                each.stop()
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)
            shutil.rmtree(django_settings.SEND_JOURNAL_DIR, ignore_errors=True)

    @rule(count=st.integers(1, 4), cool_off=st.sampled_from([0, 30]))
    def clerk_submits(self, count, cool_off):
        queue(count, send_after=clock.now() + timedelta(seconds=cool_off))

    @rule(data=st.data())
    def clerk_takes_back(self, data):
        if rows := list(Transaction.objects.filter(status="queued").order_by("pk")):
            take_back(data.draw(st.sampled_from(rows)))

    @rule(seconds=WAITS)
    def time_passes(self, seconds):
        self.traveller.shift(seconds)

    @rule()
    def relay_runs(self):
        relay.run()

    @rule(fault=faults)
    def sender_sends(self, fault):
        self.desk.faults = [fault]
        send.send_due(1)

    @rule(point=points, fault=faults)
    def sender_dies(self, point, fault):
        self.desk.faults = [fault]
        self._at(point, self._die)

    @rule(point=points, fault=faults, seconds=WAITS)
    def sender_is_held_up_while_others_act(self, point, fault, seconds):
        def others() -> None:
            self.traveller.shift(seconds)
            relay.run()
            reconcile.run()
            send.send_due(1)

        self.desk.faults = [fault]
        if point is not Point.BEFORE_CLAIM_COMMIT and point is not Point.BEFORE_APPLY_COMMIT:
            self._at(point, others)

    @rule()
    def reconciler_runs(self):
        reconcile.run()

    def _at(self, point: Point, act) -> None:
        def hook(reached: Point) -> None:
            if reached is point:
                crashpoints.hook = None
                act()

        crashpoints.hook = hook
        with suppress(Stopped):
            send.send_due(1)
        crashpoints.hook = None

    def _die(self) -> None:
        raise Stopped

    # What must hold after every step

    @invariant()
    def nothing_takes_effect_twice(self):
        assert self.desk.gateway.taken_twice() == []

    @invariant()
    def nothing_is_posted_again_without_the_registry_s_word(self):
        book = self.desk.gateway.book()["transactions"]
        for row in Transaction.objects.select_related("batch"):
            entry = book.get(f"{row.batch.gateway_key}/{row.gateway_key}")
            assert (entry["times_received"] if entry else 0) <= 1 + row.resends

    @invariant()
    def no_success_without_a_record_of_the_registry(self):
        book = self.desk.gateway.book()["transactions"]
        for row in Transaction.objects.filter(status="approved").select_related("batch"):
            assert book[f"{row.batch.gateway_key}/{row.gateway_key}"]["status"] == "approved"

    @invariant()
    def everything_open_has_an_owner_or_a_next_time(self):
        under_way = set(SubmissionAttempt.objects.filter(outcome="").values_list("pk", flat=True))
        for row in Transaction.objects.filter(is_open=True).exclude(
            status__in=["ready_to_submit", "approved"]
        ):
            if row.status == "queued":
                assert row.send_after
            elif row.status == "submitting":
                assert row.attempt_id in under_way
            else:
                assert row.check_after or row.status_detail == StatusDetail.NEEDS_PERSON

    @invariant()
    def the_fence_is_down(self):
        assert not GatewayState.objects.filter(fenced_since__isnull=False).exists()

    def all_is_explained(self) -> None:
        book = self.desk.gateway.book()["transactions"]
        for row in Transaction.objects.select_related("batch"):
            entry = book.get(f"{row.batch.gateway_key}/{row.gateway_key}")
            taken = entry["times_effected"] if entry else 0
            assert row.status in {"approved", "ready_to_submit", "unknown"}
            assert taken == (1 if row.status == "approved" else 0)


TestGateway = pytest.mark.django_db(Gateway.TestCase)
TestGateway.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)
