"""Transactions as Hypothesis draws them: any text the wire can hold, any combination of optional parts."""

from __future__ import annotations

from datetime import date, time

from hypothesis import strategies as st

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
)
from nipr.wire.messages import EntityType, Residency

_LETTERS = st.characters(codec="utf-8", categories=("L", "N", "P", "S"))
words = st.text(_LETTERS, min_size=1, max_size=12)
texts = st.lists(words, min_size=1, max_size=3).map(" ".join)
maybe = st.just("") | texts
keys = st.text("ABCDEFGHJKMNPQRSTVWXYZ0123456789-", min_size=1, max_size=20).filter(
    lambda key: key[0].isalnum() and key[-1].isalnum()
)
days = st.dates(date(1900, 1, 1), date(2999, 12, 31))
moments = st.builds(
    time,
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(0, 59),
    st.integers(0, 999).map(lambda ms: ms * 1000),
)
addresses = st.builds(PostalAddress, texts, texts, words, words, maybe)
applications = st.builds(
    Application,
    st.sampled_from((Residency.RESIDENT, Residency.NON_RESIDENT)),
    st.none() | days,
    st.none() | addresses,
    maybe,
    maybe,
    st.lists(st.builds(BackgroundAnswer, words, st.booleans(), maybe), max_size=3).map(tuple),
)
applicants = st.builds(
    Applicant,
    st.sampled_from(EntityType),
    texts,
    maybe,
    maybe,
    maybe,
    license_number=texts,
    license_class=maybe,
)
transactions = st.builds(
    GatewayTransaction,
    key=st.builds(TransactionKey, keys, keys, keys),
    kind=st.sampled_from(GatewayKind),
    state=words,
    applicant=applicants,
    authorization=st.builds(Authorization, texts, texts, texts, addresses, maybe, maybe, maybe, maybe),
    payment=st.builds(Payment, words, words),
    date_stamp=days,
    time_stamp=moments,
    appointer=st.none() | st.builds(Appointer, texts, texts, maybe, maybe, maybe),
    loa_codes=st.lists(words, max_size=4).map(tuple),
    license_class=maybe,
    county_code=maybe,
    effective_date=st.none() | days,
    reason=maybe,
    state_fee_cents=st.integers(0, 9_999_999),
    application=st.none() | applications,
)
