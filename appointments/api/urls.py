from __future__ import annotations

from django.urls import path

from appointments.api import asking, business_rules, handling, transactions, views

urlpatterns = [
    path("producers/<str:npn>/appointments", views.AppointmentList.as_view(), name="api-appointments"),
    path("companies", views.CompanyList.as_view(), name="api-companies"),
    path("companies/<str:cocode>", views.CompanyDetail.as_view(), name="api-company"),
    path("bulk-appointments", asking.BulkAppointments.as_view(), name="api-bulk-appointments"),
    path(
        "bulk-appointments/<uuid:bulk_id>",
        asking.BulkAppointmentsAnswer.as_view(),
        name="api-bulk-appointment",
    ),
    path("bulk-terminations", asking.BulkTerminations.as_view(), name="api-bulk-terminations"),
    path(
        "bulk-terminations/<uuid:bulk_id>",
        asking.BulkTerminationsAnswer.as_view(),
        name="api-bulk-termination",
    ),
    path("transactions", transactions.TransactionList.as_view(), name="api-transactions"),
    path("transactions/submit", handling.SubmitTransactions.as_view(), name="api-submit"),
    path("transactions/release", handling.ReleaseTransactions.as_view(), name="api-release"),
    path("transactions/take-back", handling.TakeBackTransactions.as_view(), name="api-take-back"),
    path("transactions/approve", handling.ApproveTransactions.as_view(), name="api-approve"),
    path("transactions/close", handling.CloseTransactions.as_view(), name="api-close"),
    path("transactions/first-business", handling.FirstBusiness.as_view(), name="api-first-business"),
    path(
        "transactions/<str:transaction_number>",
        transactions.TransactionDetail.as_view(),
        name="api-transaction",
    ),
    path(
        "gateway-business-rules/<str:state>",
        business_rules.BusinessRulesView.as_view(),
        name="api-business-rules",
    ),
]
