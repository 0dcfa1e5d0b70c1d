"""The contract's sample documents, written out, and the values they stand for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

from nipr.wire.gateway import (
    Applicant,
    Application,
    Appointer,
    Authorization,
    BackgroundAnswer,
    GatewayKind,
    GatewayTransaction,
    Payment,
    PostalAddress,
    TransactionKey,
    document,
    encode_transaction,
    question_about,
)
from nipr.wire.messages import EntityType, Residency

CUSTOMER, BATCH, TRANS = "00DEMO", "B-20250106-1", "T-000001"

OFFICE = PostalAddress("1 FICTION PLZ", "NOWHERE", "OR", "97000")
APPOINTMENT = GatewayTransaction(
    key=TransactionKey(CUSTOMER, BATCH, TRANS),
    kind=GatewayKind.APPOINTMENT,
    state="OR",
    applicant=Applicant(
        EntityType.INDIVIDUAL,
        "QUILLFEATHER",
        "MAREN",
        npn="99000017",
        license_number="99000017",
        license_class="3",
    ),
    authorization=Authorization(
        "IDA", "CLERK", "Licensing Analyst", OFFICE, "ops@lanternfish.example", "555-010-0100"
    ),
    payment=Payment("001"),
    date_stamp=date(2025, 1, 6),
    time_stamp=time(9, 15),
    appointer=Appointer("Lanternfish Life Assurance Co", "00101"),
    loa_codes=("16",),
    license_class="3",
    effective_date=date(2025, 1, 6),
    state_fee_cents=1000,
)
APPLICATION = replace(
    APPOINTMENT,
    kind=GatewayKind.LICENSE_APPLICATION,
    state="TX",
    appointer=None,
    effective_date=None,
    application=Application(
        Residency.NON_RESIDENT,
        date(1981, 2, 13),
        OFFICE,
        "maren@quillfeather.example",
        "555-010-0142",
        (
            BackgroundAnswer("1a", yes=False),
            BackgroundAnswer("2", yes=True, explanation="A late filing, 2009."),
        ),
    ),
)

REQUEST = b"""<?xml version="1.0" encoding="UTF-8"?>
<NIPR>
  <TRANSACTION>
    <APPLICANT>
      <LICENSE_KEY><LICENSE_CLASS>3</LICENSE_CLASS><LICENSE_ID>99000017</LICENSE_ID></LICENSE_KEY>
      <NAME>
        <FIRM_OR_LAST_NAME>QUILLFEATHER</FIRM_OR_LAST_NAME><FIRST_NAME>MAREN</FIRST_NAME>
        <NAME_CODE>1</NAME_CODE><TYPE>I</TYPE>
      </NAME>
      <NPN>99000017</NPN>
      <TYPE>I</TYPE>
    </APPLICANT>
    <APPOINTER>
      <COCODE>00101</COCODE>
      <NAME>
        <FIRM_OR_LAST_NAME>Lanternfish Life Assurance Co</FIRM_OR_LAST_NAME>
        <NAME_CODE>1</NAME_CODE><TYPE>F</TYPE>
      </NAME>
      <TYPE>F</TYPE>
    </APPOINTER>
    <AUTHORIZATION>
      <ADDRESS>
        <ADDRESS_CODE>2</ADDRESS_CODE><ADDR_LINE_1>1 FICTION PLZ</ADDR_LINE_1><CITY>NOWHERE</CITY>
        <COUNTRY_CODE>1</COUNTRY_CODE><STATE_CODE>OR</STATE_CODE><ZIP_CODE>97000</ZIP_CODE>
      </ADDRESS>
      <EMAIL><EMAIL_ADDRESS>ops@lanternfish.example</EMAIL_ADDRESS><EMAIL_CODE>2</EMAIL_CODE></EMAIL>
      <FIRST_NAME>IDA</FIRST_NAME>
      <LAST_NAME>CLERK</LAST_NAME>
      <PHONE><PHONE_CODE>2</PHONE_CODE><PHONE_NUMBER>555-010-0100</PHONE_NUMBER></PHONE>
      <TITLE>Licensing Analyst</TITLE>
    </AUTHORIZATION>
    <CUSTOMER>00DEMO</CUSTOMER>
    <CUST_BATCH>B-20250106-1</CUST_BATCH>
    <CUST_TRANS>T-000001</CUST_TRANS>
    <ENTITY>00DEMO</ENTITY>
    <LICENSE>
      <DATE_EFFECTIVE>20250106</DATE_EFFECTIVE>
      <LICENSE_CLASS>3</LICENSE_CLASS>
      <LOA><LOA_CODE>16</LOA_CODE></LOA>
    </LICENSE>
    <PAYMENT><ACCOUNT_ID>001</ACCOUNT_ID><PAYMENT_TYPE>2</PAYMENT_TYPE></PAYMENT>
    <STATE_FEE>10.00</STATE_FEE>
    <TRANS_FEE>0.00</TRANS_FEE>
    <TRANS_HEAD>
      <DATE_STAMP>20250106</DATE_STAMP><STATE_CODE>OR</STATE_CODE>
      <TIME_STAMP>091500000</TIME_STAMP><TRANSACTION_TYPE>1</TRANSACTION_TYPE>
    </TRANS_HEAD>
  </TRANSACTION>
</NIPR>
"""

INTERMEDIATE = b"""<NIPR>
  <TRANSACTION>
    <ASSUMED_STATE_FEE>10.00</ASSUMED_STATE_FEE>
    <CUSTOMER>00DEMO</CUSTOMER><CUST_BATCH>B-20250106-1</CUST_BATCH><CUST_TRANS>T-000001</CUST_TRANS>
    <LICENSE>
      <DATE_EFFECTIVE>20250106</DATE_EFFECTIVE>
      <INT_RESPONSE>
        <DATE_STAMP>20250106</DATE_STAMP>
        <RESP_MESSAGE>
          <ACTION_REQD>N</ACTION_REQD>
          <COMMENTS>Transaction has been sent to state for review</COMMENTS><COMMENT_CODE>10003</COMMENT_CODE>
        </RESP_MESSAGE>
        <TIME_STAMP>091503118</TIME_STAMP>
      </INT_RESPONSE>
      <LOA><LOA_CODE>16</LOA_CODE></LOA>
    </LICENSE>
    <NIPR_TRANS>50000001</NIPR_TRANS>
    <TRANS_FEE>1.53</TRANS_FEE>
    <TRANS_STATUS>SR</TRANS_STATUS>
    <VALID>P</VALID>
  </TRANSACTION>
</NIPR>
"""

FINAL = b"""<NIPR>
  <TRANSACTION>
    <CUSTOMER>00DEMO</CUSTOMER><CUST_BATCH>B-20250106-1</CUST_BATCH><CUST_TRANS>T-000001</CUST_TRANS>
    <LICENSE>
      <DATE_EFFECTIVE>20250106</DATE_EFFECTIVE>
      <LOA><LOA_CODE>16</LOA_CODE></LOA>
      <RESPONSE>
        <APPROVED>Y</APPROVED><DATE_EFFECTIVE>20250107</DATE_EFFECTIVE><DATE_STAMP>20250107</DATE_STAMP>
        <RESP_MESSAGE><COMMENTS>Approved by state.</COMMENTS><COMMENT_CODE>0</COMMENT_CODE></RESP_MESSAGE>
        <TIME_STAMP>140000000</TIME_STAMP>
      </RESPONSE>
      <RESPONSE>
        <APPROVED>Y</APPROVED><DATE_STAMP>20250106</DATE_STAMP>
        <RESP_MESSAGE>
          <COMMENTS>Passed business rule processing.</COMMENTS><COMMENT_CODE>10007</COMMENT_CODE>
        </RESP_MESSAGE>
        <TIME_STAMP>091503118</TIME_STAMP>
      </RESPONSE>
    </LICENSE>
    <NIPR_TRANS>50000001</NIPR_TRANS>
    <TRANS_FEE>1.53</TRANS_FEE>
    <TRANS_STATUS>PC</TRANS_STATUS>
    <VALID>P</VALID>
  </TRANSACTION>
</NIPR>
"""

NOT_RECEIVED = b"""<NIPR>
  <ERROR>
    <ERROR_CODE>20001</ERROR_CODE>
    <DESCRIPTION>Transaction not received by NIPR : Cust Batch: B-20250106-1; Cust Trans T-000001.</DESCRIPTION>
    <DATE_STAMP>20250106</DATE_STAMP><TIME_STAMP>092000000</TIME_STAMP>
  </ERROR>
</NIPR>
"""

DUPLICATE = NOT_RECEIVED.replace(
    b"<NIPR>\n",
    b"""<NIPR>
  <ERROR>
    <ERROR_CODE>3999</ERROR_CODE>
    <DESCRIPTION>Duplicate transaction : Transaction already exists.
      Gateway Transaction ID: 50000001
      Customer ID: 00DEMO
      Cust Batch: B-20250106-1 Cust Trans: T-000001
      Line Number: 1
      Ordinal: 1</DESCRIPTION>
    <DATE_STAMP>20250106</DATE_STAMP><TIME_STAMP>092000000</TIME_STAMP>
  </ERROR>
""",
)


def make(number: int = 1, *, batch: str = BATCH, **changes: Any) -> GatewayTransaction:
    """The sample appointment under another key, with changes."""
    return replace(APPOINTMENT, key=TransactionKey(CUSTOMER, batch, f"T-{number:06d}"), **changes)


def for_npn(npn: str, number: int = 1, **changes: Any) -> GatewayTransaction:
    """The same about somebody else."""
    return make(number, applicant=replace(APPOINTMENT.applicant, npn=npn), **changes)


def sent(*transactions: GatewayTransaction) -> bytes:
    """A document that sends them."""
    return document(encode_transaction(one) for one in transactions)


def asked(*transactions: GatewayTransaction) -> bytes:
    """A document that only asks about them."""
    return document(question_about(one) for one in transactions)
