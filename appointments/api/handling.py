"""What is done with transactions over REST: many at a time, and each answered on its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from appointments import access
from appointments.api.addresses import transaction_id
from appointments.api.asking_shapes import CostSerializer
from appointments.api.fields import IDEMPOTENCY_KEY
from appointments.services.handling import approving, desk
from appointments.services.handling import submit as spending
from appointments.services.handling.results import Handled, HandledOne
from core.api.principals import SUBMIT, WRITE
from core.api.problems import PROBLEM, named_as_sent, problem
from core.api.serializers import StrictSerializer
from core.api.views import ApiView
from core.state_table import HasRight

MOST_IDS = 1_000


class IdsSerializer(StrictSerializer):
    """Which transactions. Naming one twice is naming it once."""

    ids = serializers.ListField(
        child=serializers.CharField(max_length=40, trim_whitespace=False),
        min_length=1,
        max_length=MOST_IDS,
        help_text="Numbers such as GT-00000001.",
    )


class SubmitSerializer(IdsSerializer):
    """Which transactions, and the total that was agreed to."""

    confirm_cost = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=0)


class ReleaseSerializer(IdsSerializer):
    """Which held ones; with a total only if it is still that."""

    confirm_cost = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=0, required=False)


class CloseSerializer(IdsSerializer):
    """Which transactions, and why."""

    reason = serializers.CharField(max_length=500, allow_blank=True, default="")


class FirstBusinessSerializer(IdsSerializer):
    """Which held ones, and the day on which their first business was placed; null takes the day back."""

    first_business_date = serializers.DateField(allow_null=True)


class ResultSerializer(serializers.Serializer[Any]):
    """What became of one. ``code`` is null when it was done; ``allowed`` is what its state allows instead."""

    id = serializers.CharField()
    ok = serializers.BooleanField()
    status = serializers.CharField(allow_null=True)
    code = serializers.CharField(allow_null=True)
    message = serializers.CharField()
    allowed = serializers.ListField(child=serializers.CharField())


class HandledSerializer(serializers.Serializer[Any]):
    """An answer for each id, in the order in which they were named."""

    results = ResultSerializer(many=True)
    done = serializers.IntegerField()
    refused = serializers.IntegerField()


COST_CHANGED = OpenApiResponse(
    inline_serializer(
        "CostChanged",
        {
            "type": serializers.CharField(),
            "title": serializers.CharField(),
            "status": serializers.IntegerField(),
            "detail": serializers.CharField(),
            "code": serializers.CharField(),
            "request_id": serializers.CharField(),
            "cost": CostSerializer(required=False),
            "refused": ResultSerializer(many=True, required=False),
        },
    ),
    description="The cost is another one now (`cost_changed`, with `cost`): nothing was sent. Or a conflict.",
)


class ActionView(ApiView):
    """One action. A subclass says what a body is made of, who may, and which service does it."""

    body_class: ClassVar[type[IdsSerializer]] = IdsSerializer

    def run(self, ids: list[int], may: HasRight, said: dict[str, Any]) -> Handled:
        """Do it; ``said`` is the rest of the body."""
        raise NotImplementedError

    def answer(self, request: Request) -> Response:
        """Read the body, do it, and answer for each id."""
        body = self.body_class(data=request.data)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        numbers: list[str] = said.pop("ids")
        named = {number: pk for number in numbers if (pk := transaction_id(number))}
        try:
            handled = self.run(list(named.values()), request.user.has_perm, said)
        except spending.CostChanged as changed:
            return _cost_changed(changed)
        return Response(_told(numbers, handled))


class SubmitTransactions(ActionView):
    """Spending."""

    body_class: ClassVar = SubmitSerializer
    idempotency_key_required: ClassVar = True
    required_scopes: ClassVar = {"POST": [SUBMIT]}
    required_rights: ClassVar = {"POST": access.SUBMIT}

    @extend_schema(
        operation_id="transactions_submit",
        parameters=[IDEMPOTENCY_KEY],
        request=SubmitSerializer,
        responses={200: HandledSerializer, (409, PROBLEM): COST_CHANGED},
    )
    def post(self, request: Request) -> Response:
        """Send what is ready to submit, if it still costs what was agreed to."""
        return self.answer(request)

    def run(self, ids: list[int], may: HasRight, said: dict[str, Any]) -> Handled:
        return spending.submit(
            ids, confirm_cents=_cents(said["confirm_cost"]), actor=self.actor, has_right=may
        )


class ReleaseTransactions(ActionView):
    """Spending what was held."""

    body_class: ClassVar = ReleaseSerializer
    idempotency_key_required: ClassVar = True
    required_scopes: ClassVar = {"POST": [SUBMIT]}
    required_rights: ClassVar = {"POST": access.SUBMIT}

    @extend_schema(
        operation_id="transactions_release",
        parameters=[IDEMPOTENCY_KEY],
        request=ReleaseSerializer,
        responses={200: HandledSerializer, (409, PROBLEM): COST_CHANGED},
    )
    def post(self, request: Request) -> Response:
        """Send just-in-time appointments that were held for first business."""
        return self.answer(request)

    def run(self, ids: list[int], may: HasRight, said: dict[str, Any]) -> Handled:
        agreed = said.get("confirm_cost")
        cents = None if agreed is None else _cents(agreed)
        return spending.release(ids, actor=self.actor, has_right=may, confirm_cents=cents)


class TakeBackTransactions(ActionView):
    """Inside the cool-off time."""

    required_scopes: ClassVar = {"POST": [SUBMIT]}
    required_rights: ClassVar = {"POST": access.SUBMIT}

    @extend_schema(operation_id="transactions_take_back", request=IdsSerializer, responses=HandledSerializer)
    def post(self, request: Request) -> Response:
        """Take back what was submitted and has not left yet."""
        return self.answer(request)

    def run(self, ids: list[int], may: HasRight, said: dict[str, Any]) -> Handled:
        return desk.take_back(ids, actor=self.actor, has_right=may)


class ApproveTransactions(ActionView):
    """The second key."""

    required_scopes: ClassVar = {"POST": [WRITE, SUBMIT]}
    required_rights: ClassVar = {"POST": access.APPROVE}

    @extend_schema(operation_id="transactions_approve", request=IdsSerializer, responses=HandledSerializer)
    def post(self, request: Request) -> Response:
        """Approve what somebody else has prepared and submitted."""
        return self.answer(request)

    def run(self, ids: list[int], may: HasRight, said: dict[str, Any]) -> Handled:
        return approving.approve(ids, actor=self.actor, has_right=may)


class CloseTransactions(ActionView):
    """Out of the work lists."""

    body_class: ClassVar = CloseSerializer
    required_rights: ClassVar = {"POST": access.PREPARE}

    @extend_schema(operation_id="transactions_close", request=CloseSerializer, responses=HandledSerializer)
    def post(self, request: Request) -> Response:
        """Take out of the work lists. It cancels and refunds nothing."""
        return self.answer(request)

    def run(self, ids: list[int], may: HasRight, said: dict[str, Any]) -> Handled:
        return desk.close(ids, actor=self.actor, has_right=may, reason=said["reason"])


class FirstBusiness(ActionView):
    """The clock of just-in-time appointments."""

    body_class: ClassVar = FirstBusinessSerializer
    required_rights: ClassVar = {"POST": access.PREPARE}

    @extend_schema(
        operation_id="transactions_first_business",
        request=FirstBusinessSerializer,
        responses=HandledSerializer,
    )
    def post(self, request: Request) -> Response:
        """Say when the first business was placed: from then on the state's days count."""
        return self.answer(request)

    def run(self, ids: list[int], may: HasRight, said: dict[str, Any]) -> Handled:
        with named_as_sent({"day": "first_business_date"}):
            return desk.set_first_business(ids, said["first_business_date"], actor=self.actor, has_right=may)


def _cost_changed(changed: spending.CostChanged) -> Response:
    """Nothing was sent: what it costs now, and which of them cannot be sent any more."""
    told = problem(changed.status, changed.code, str(changed)) | {
        "cost": changed.cost.as_json(),
        "refused": [_result(one.number, one) for one in changed.refused],
    }
    return Response(told, status=status.HTTP_409_CONFLICT, content_type=PROBLEM)


def _cents(amount: Any) -> int:
    return int(amount.scaleb(2))


def _told(numbers: Sequence[str], handled: Handled) -> dict[str, Any]:
    """An answer for each number that was named, as often as it was named."""
    by_number = {one.number: one for one in handled.results}
    results = [_result(number, by_number.get(number)) for number in numbers]
    done = sum(result["ok"] for result in results)
    return {"results": results, "done": done, "refused": len(results) - done}


def _result(number: str, one: HandledOne | None) -> dict[str, Any]:
    if one is None:
        one = HandledOne(number, ok=False, code="not_found", message=f"There is no transaction “{number}”.")
    return {
        "id": number,
        "ok": one.ok,
        "status": one.status or None,
        "code": one.code or None,
        "message": f"{one.message} {one.fix}".strip(),
        "allowed": list(one.allowed),
    }
