"""A far side that says what a test wants it to say, for what the simulator never would."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field

from appointments.gateway import far_side
from nipr.errors import NotSent, RegistryTimeout
from nipr.gateway import GatewayPost

NOT_SENT = NotSent("The registry's gateway cannot be reached: ConnectError.")
TIMEOUT = RegistryTimeout("The registry's gateway did not answer in time.", outcome_unknown=True)


@dataclass
class FarSide:
    """Answers posts with the given answers, one after the other, the last for ever."""

    answers: list[object]
    posts: list[bytes] = field(default_factory=list)

    def post_gateway(self, body: bytes, *, realtime: bool = False, timeout: float) -> GatewayPost:
        self.posts.append(body)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            return GatewayPost(answer, b"")
        return GatewayPost(200, answer if isinstance(answer, bytes) else str(answer).encode())


@contextmanager
def answering(monkeypatch, *answers: object):
    """The registry is this one for as long as the block lasts."""
    far = FarSide(list(answers))

    @contextmanager
    def registry():
        yield far

    with monkeypatch.context() as patched:
        patched.setattr(far_side, "registry", registry)
        yield far


def document(*parts: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><NIPR>{"".join(parts)}</NIPR>'


def error(code: str, text: str) -> str:
    return (
        f"<ERROR><ERROR_CODE>{code}</ERROR_CODE><DESCRIPTION>{text}</DESCRIPTION>"
        "<DATE_STAMP>20260302</DATE_STAMP><TIME_STAMP>091500000</TIME_STAMP></ERROR>"
    )


def not_received(row) -> str:
    text = f"Transaction not received by NIPR : Cust Batch: {row.batch.gateway_key}; Cust Trans {row.gateway_key}."
    return error("20001", text)


def duplicate(row) -> str:
    key = f"{row.batch.gateway_key}/{row.gateway_key}"
    return error(
        "3999", f"Duplicate transaction : Transaction already exists. gateway id 50000001, batch/trans {key}"
    )


def standing(row, status: str = "PC", approved: str = "Y", *, npn: str = "", number: str = "50000001") -> str:
    """One transaction of a reply: SR, AV or PC."""
    said = "Transaction has been sent to state for review" if status != "PC" else "Said by state."
    inside = (
        f"<RESPONSE><APPROVED>{approved}</APPROVED><DATE_STAMP>20260302</DATE_STAMP><RESP_MESSAGE>"
        f"<COMMENTS>{said}</COMMENTS><COMMENT_CODE>0</COMMENT_CODE></RESP_MESSAGE></RESPONSE>"
        if status == "PC"
        else f"<INT_RESPONSE><DATE_STAMP>20260302</DATE_STAMP><RESP_MESSAGE><ACTION_REQD>N</ACTION_REQD>"
        f"<COMMENTS>{said}</COMMENTS><COMMENT_CODE>10003</COMMENT_CODE></RESP_MESSAGE></INT_RESPONSE>"
    )
    applicant = f"<APPLICANT><NPN>{npn}</NPN></APPLICANT>" if npn else ""
    return (
        f"<TRANSACTION>{applicant}<ASSUMED_STATE_FEE>24.00</ASSUMED_STATE_FEE><CUSTOMER>00DEMO</CUSTOMER>"
        f"<CUST_BATCH>{row.batch.gateway_key}</CUST_BATCH><CUST_TRANS>{row.gateway_key}</CUST_TRANS>"
        f"<LICENSE>{inside}</LICENSE><NIPR_TRANS>{number}</NIPR_TRANS><TRANS_FEE>1.53</TRANS_FEE>"
        f"<TRANS_STATUS>{status}</TRANS_STATUS><VALID>P</VALID></TRANSACTION>"
    )
