"""The background questions, in words of our own: what each is about, not how the form puts it.

Topics and numbers are those of the uniform application for individuals. The form of business entities and questions
that a state adds were not seen: a firm is asked what of it can concern a firm.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """One question. ``number`` is the form's own."""

    number: str
    topic: str
    text: str
    may_leave_out: str = ""
    on_yes: str = ""
    individuals_only: bool = False


COURT = "Convicted, judgment withheld or deferred, or charged at present."
QUESTIONS = (
    Question(
        "1a",
        "Misdemeanor",
        COURT,
        "Traffic citations, driving under the influence, driving without or on a suspended license, reckless "
        "driving, juvenile matters.",
    ),
    Question(
        "1b",
        "Felony",
        COURT,
        "Juvenile matters.",
        "Say whether consent to work in insurance under federal law (18 USC 1033) was asked for and given.",
    ),
    Question("1c", "Military offense", COURT, individuals_only=True),
    Question(
        "2",
        "Action about a license or registration",
        "Named or involved in an administrative proceeding about any professional or occupational license or "
        "registration, FINRA's among them: a fine, a censure, a suspension, a denial, or a withdrawal to avoid one.",
        "Actions only for late continuing education or a late renewal fee.",
    ),
    Question(
        "3",
        "Overdue money or bankruptcy",
        "A demand or a judgment for overdue money owed to an insurer, an insured or a producer; or a bankruptcy of a "
        "business.",
        "A personal bankruptcy in which no money was held for others.",
    ),
    Question(
        "4",
        "Overdue tax",
        "Told of overdue tax for which there is no agreement to repay.",
        on_yes="Name the places that it is owed to.",
    ),
    Question(
        "5",
        "Lawsuit about dishonesty",
        "Party to a lawsuit, arbitration or mediation about fraud, misuse of money, misrepresentation or breach of "
        "trust.",
    ),
    Question(
        "6",
        "Ended by an insurer for misconduct",
        "An agency contract, or other business with an insurer, was ended for alleged misconduct: of the applicant, or "
        "of a business that the applicant owned or ran.",
    ),
    Question(
        "7",
        "Child support in arrears",
        "Behind with child support.",
        on_yes="Say by how many months, whether there is an agreement to repay, and whether there is a subpoena or "
        "a warrant.",
        individuals_only=True,
    ),
)
"""The form's last question, about papers kept at the registry, follows from these and is not asked."""
PAPERS = "With a yes go a signed statement, a copy of what opened the matter, and a copy of what closed it."


def questions_for(*, firm: bool) -> tuple[Question, ...]:
    """What an individual, or a firm, is asked."""
    return tuple(each for each in QUESTIONS if not (firm and each.individuals_only))
