"""Documents built to hurt are refused fast, with a sentence."""

import time

import pytest

from nipr.wire import acord, hitlist, pdb, soap
from nipr.wire.errors import DecodeError, NotXml, UnsafeXml

BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;">]>
<PDB><TRANSACTION_TYPE><TYPE>&e;</TYPE></TRANSACTION_TYPE></PDB>"""
EXTERNAL_ENTITY = b'<!DOCTYPE PDB [<!ENTITY x SYSTEM "file:///etc/passwd">]><PDB>&x;</PDB>'
EXTERNAL_DTD = b'<!DOCTYPE PDB SYSTEM "http://127.0.0.1:9/evil.dtd"><PDB/>'
PARAMETER_ENTITY = b'<!DOCTYPE PDB [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]><PDB/>'
AFTER_COMMENT = b"<?xml version='1.0'?><!-- " + b"x" * 500 + b" --><?pi y?>\n<!DOCTYPE PDB []><PDB/>"
DEEP = b"<PDB>" + b"<A>" * 200_000 + b"</A>" * 200_000 + b"</PDB>"
MANY_ATTRIBUTES = b"<PDB><A " + b" ".join(b'a%d="1"' % n for n in range(1_000_000)) + b"/></PDB>"
HUGE_TEXT = b"<PDB><A>" + b"x" * 20_000_000 + b"</A></PDB>"
UTF_16 = '<?xml version="1.0" encoding="UTF-16"?><PDB/>'.encode("utf-16")
STRANGE_ENCODING = b'<?xml version="1.0" encoding="UTF-7"?><PDB/>'
ALL = {
    "bomb": BOMB,
    "external entity": EXTERNAL_ENTITY,
    "external dtd": EXTERNAL_DTD,
    "parameter entity": PARAMETER_ENTITY,
    "dtd after a comment": AFTER_COMMENT,
    "depth": DEEP,
    "attributes": MANY_ATTRIBUTES,
    "text": HUGE_TEXT,
    "utf-16": UTF_16,
    "encoding": STRANGE_ENCODING,
}
DECODERS = {"pdb": pdb.decode, "acord": acord.decode, "hitlist": hitlist.decode, "soap": soap.body_of}


@pytest.mark.parametrize("decoder", DECODERS)
@pytest.mark.parametrize("attack", ALL)
def test_every_decoder_refuses_every_attack_at_once(attack, decoder):
    started = time.thread_time()
    with pytest.raises(DecodeError):
        DECODERS[decoder](ALL[attack])
    assert time.thread_time() - started < 3


@pytest.mark.parametrize("attack", [BOMB, EXTERNAL_ENTITY, EXTERNAL_DTD, PARAMETER_ENTITY, AFTER_COMMENT])
def test_a_dtd_is_refused_by_name(attack):
    with pytest.raises(UnsafeXml, match="DTD"):
        pdb.decode(attack)


@pytest.mark.parametrize("attack", [DEEP, MANY_ATTRIBUTES, HUGE_TEXT])
def test_what_is_out_of_all_proportion_is_called_unsafe(attack):
    with pytest.raises(UnsafeXml):
        pdb.decode(attack)


def test_an_attack_late_in_a_large_document_is_refused_too():
    document = b"<PDB>" + b"<STATE/>" * 600_000 + b"<A>" + b"x" * 200_000 + b"</A></PDB>"
    with pytest.raises(UnsafeXml, match="more than 64 KB"):
        pdb.decode(document)


def test_an_undeclared_entity_is_not_well_formed():
    with pytest.raises(NotXml):
        pdb.decode(b"<PDB><A>&x;</A></PDB>")


def test_a_document_beyond_the_size_limit_is_refused(monkeypatch):
    monkeypatch.setattr("nipr.wire.xml.MAX_BYTES", 3_000_000)
    with pytest.raises(UnsafeXml, match="larger than"):
        pdb.decode(b"<PDB>" + b"<STATE/>" * 600_000 + b"</PDB>")


def test_an_error_never_carries_much_of_the_document():
    with pytest.raises(DecodeError) as caught:
        hitlist.decode(b"<PDB><A>123-45-6789</B></PDB>")
    assert "123-45" not in str(caught.value)
