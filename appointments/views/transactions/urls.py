"""Addresses of transactions, under /admin/; ``appointments/urls.py`` takes them in."""

from __future__ import annotations

from django.urls import URLPattern, path

from appointments.views.transactions import batch, gateway, listing, page, plan, settling, steps, submitting

urlpatterns: list[URLPattern] = [
    path("transactions/", listing.transaction_list, name="transactions"),
    path("actionable-transactions/", listing.actionable_list, name="transactions_actionable"),
    path("transactions/submit/", submitting.submit_page, name="transactions_submit"),
    path("transactions/step/<slug:event>/", steps.step_page, name="transactions_step"),
    path("transactions/batches/<int:pk>/", batch.batch_page, name="batch"),
    path("request-sets/", listing.request_sets, name="plans"),
    path("request-sets/<uuid:pk>/", plan.plan_page, name="plan"),
    path("request-sets/<uuid:pk>/progress/", plan.plan_progress, name="plan_progress"),
    path("request-sets/<uuid:pk>/approve/", plan.approve, name="plan_approve"),
    path("request-sets/<uuid:pk>/again/", plan.again, name="plan_again"),
    path("request-sets/<uuid:pk>/plan.<slug:kind>", plan.plan_file, name="plan_file"),
    path("fee-ledger/", listing.fee_ledger, name="ledger"),
    path("gateway/", gateway.gateway_page, name="gateway"),
    path("gateway/<slug:name>/", gateway.switch_gateway, name="gateway_switch"),
    path("transactions/<int:pk>/", page.transaction_page, name="transaction"),
    path("transactions/<int:pk>/ask/", settling.ask_registry, name="transaction_ask"),
    path("transactions/<int:pk>/settle/<slug:event>/", settling.settle, name="transaction_settle"),
    path("transactions/<int:pk>/first-business/", settling.first_business, name="transaction_first_business"),
    path("transactions/<int:pk>/papers/", settling.attach_paper, name="transaction_attach"),
    path("transactions/<int:pk>/papers/<int:document>/", settling.read_paper, name="transaction_paper"),
]
