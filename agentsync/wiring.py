"""Where lower rooms are connected to higher ones they may not import."""

from __future__ import annotations

from django.db.models.signals import post_delete, post_migrate, post_save
from django.utils.module_loading import autodiscover_modules

from agentsync.roles import keep_roles
from agentsync.rule_audit import write_rule_change
from agentsync.rule_notices import RULES
from appointments import tabs as appointment_tabs
from appointments.gateway import fence
from appointments.imports import APPOINTMENT, TERMINATE
from appointments.lists import selections
from appointments.models import Company, CompanyState
from appointments.notices import WATCHES as APPOINTMENT_WATCHES
from appointments.selectors.records import company_names
from appointments.services.licensing import tying as license_tying
from appointments.services.ties import reports, tying
from appointments.signals import transactions_moved
from appointments.sync import keep_appointments
from appointments.views.licensing import actions as license_actions
from appointments.views.transactions import tab as transaction_tab
from core import clock
from core.imports.types import register as register_upload
from core.notices.watches import register_watch
from core.outgoing import register_stop
from producers import tabs as producer_tabs
from producers.directory import use_company_names
from producers.imports import AGENT, ASSIGNMENT
from producers.lists import register_bulk_action
from producers.notices import WATCHES
from producers.signals import assignments_changed, facts_changed, refresh_asked
from producers.sinks import register_fact_sink
from rulebook import clock as rulebook_clock
from rulebook import impact
from rulebook.signals import rule_changed
from scorecards import parts, receivers
from scorecards.notices import SCORECARDS
from scorecards.what_if import rule_sentences


def connect() -> None:
    """Called once, when every app is ready."""
    # Kinds of job stand in the tasks modules; the web asks for jobs too, so every process knows all kinds.
    autodiscover_modules("tasks")
    post_migrate.connect(keep_roles, dispatch_uid="agentsync.roles")
    producer_tabs.register_own_tabs()
    appointment_tabs.register_own_tabs()
    appointment_tabs.register_actions()
    license_actions.register_actions()
    transaction_tab.register_tabs()
    parts.introduce()
    register_bulk_action(selections.APPOINT)
    use_company_names(company_names)
    for upload in (AGENT, ASSIGNMENT, APPOINTMENT, TERMINATE):
        register_upload(upload)
    register_fact_sink("appointments", keep_appointments)
    register_stop("restored database", _why_fenced)
    _run_the_library()
    _bring_transactions_home()
    _keep_scorecards_true()
    for watch in (*WATCHES, *APPOINTMENT_WATCHES, SCORECARDS, RULES):
        register_watch(watch)


def _why_fenced() -> str:
    return "The database was restored; a person has to compare and release it." if fence.is_up() else ""


def _run_the_library() -> None:
    """The rule book takes the product's clock, is audited, and shows what scorecards say of a rule not saved yet."""
    rulebook_clock.use(now=clock.now, today=clock.today)
    rule_changed.connect(write_rule_change, dispatch_uid="agentsync.rule_audit")
    impact.register("scorecards", rule_sentences)


def _bring_transactions_home() -> None:
    """What the gateway approves is read from the registry and tied to what it shows."""
    transactions_moved.connect(reports.on_transactions_moved, dispatch_uid="appointments.reports")
    facts_changed.connect(tying.on_facts_changed, dispatch_uid="appointments.ties")
    facts_changed.connect(license_tying.on_facts_changed, dispatch_uid="appointments.license_ties")


def _keep_scorecards_true() -> None:
    """Whatever a scorecard rests on tells it when it changes."""
    facts_changed.connect(receivers.on_facts_changed, dispatch_uid="scorecards.facts")
    refresh_asked.connect(receivers.on_refresh_asked, dispatch_uid="scorecards.refresh")
    assignments_changed.connect(receivers.on_assignments_changed, dispatch_uid="scorecards.assignments")
    transactions_moved.connect(receivers.on_transactions_moved, dispatch_uid="scorecards.transactions")
    rule_changed.connect(receivers.on_rule_changed, dispatch_uid="scorecards.rules")
    for model in (Company, CompanyState):
        post_save.connect(
            receivers.on_company_saved, sender=model, dispatch_uid=f"scorecards.{model.__name__}"
        )
        post_delete.connect(
            receivers.on_company_saved, sender=model, dispatch_uid=f"scorecards.{model.__name__}"
        )
