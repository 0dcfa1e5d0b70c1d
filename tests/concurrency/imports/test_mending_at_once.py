"""Two programs that mend the same cell of the same row, each by what it has read of it."""

from __future__ import annotations

import pytest

from core.imports.models import ImportRow
from tests.at_once import at_once
from tests.core.imports.api.conftest import Program, _crates  # noqa: F401 - crates may be uploaded

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_was_read_before_another_wrote_overwrites_nothing():
    program = Program("read write")
    run = program.read("c1,green")
    place = f"/imports/{run['id']}/rows/2"
    for turn in range(10):
        texts = [f"{turn}-{number}" for number in range(4)]
        tag = program.get(place)["ETag"]

        def mend(number: int, tag: str = tag, texts: list[str] = texts) -> int:
            body = {"values": {"note": texts[number]}, "check": False}
            return int(program.patch(place, body, **{"If-Match": tag}).status_code)

        codes = at_once(mend, 4)
        assert sorted(codes) == [200, 412, 412, 412], codes
        assert ImportRow.objects.get(run=run["id"], number=2).cells["note"] == texts[codes.index(200)]
