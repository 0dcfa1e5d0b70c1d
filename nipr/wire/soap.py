"""SOAP 1.1 envelopes and faults, as much as the alerts service needs of them."""

from __future__ import annotations

from lxml import etree

from nipr.wire.errors import DecodeError
from nipr.wire.xml import Element, add, local_name, parse, serialize

ENVELOPE_NS = "http://schemas.xmlsoap.org/soap/envelope/"
ALERTS_NS = "https://pdb-services.nipr.com/pdb-alerts-industry-services/industry-ws"


class SoapFault(Exception):
    """A refusal by the far side. ``error_code`` is the registry's own, ``None`` when it gave none."""

    def __init__(self, message: str, error_code: int | None = None, code: str = "Server") -> None:
        self.message = message
        self.error_code = error_code
        self.code = code
        super().__init__(message)


def envelope(content: Element | None) -> bytes:
    """A message around one body element, or with an empty Body."""
    root = etree.Element(f"{{{ENVELOPE_NS}}}Envelope", nsmap={"soap": ENVELOPE_NS})
    body = add(root, f"{{{ENVELOPE_NS}}}Body")
    if content is not None:
        body.append(content)
    return serialize(root)


def encode_fault(fault: SoapFault) -> bytes:
    """A fault with the alerts service's detail element."""
    element = etree.Element(f"{{{ENVELOPE_NS}}}Fault", nsmap={"soap": ENVELOPE_NS})
    add(element, "faultcode", f"soap:{fault.code}")
    add(element, "faultstring", fault.message)
    detail = etree.SubElement(
        add(element, "detail"), f"{{{ALERTS_NS}}}PdbAlertsFaultType", nsmap={"ind": ALERTS_NS}
    )
    add(detail, f"{{{ALERTS_NS}}}message", fault.message)
    if fault.error_code is not None:
        add(detail, f"{{{ALERTS_NS}}}errorCode", str(fault.error_code))
    return envelope(element)


def body_of(data: bytes) -> Element | None:
    """The Body's first element, ``None`` when it is empty. A fault is raised as :class:`SoapFault`."""
    root = parse(data, long_text=True)
    if local_name(root) != "Envelope":
        raise DecodeError(f"Expected a SOAP Envelope, got {local_name(root)}.", element=local_name(root))
    body = root.find("{*}Body")
    if body is None:
        raise DecodeError("The SOAP message has no Body.", element="Body")
    content = next(body.iterchildren("*"), None)
    if content is not None and local_name(content) == "Fault":
        raise _fault(content)
    return content


def _fault(element: Element) -> SoapFault:
    """Read a fault, qualified or not; the detail's own message is the better one."""
    code = text_of(element, "errorCode")
    return SoapFault(
        message=text_of(element, "message")
        or text_of(element, "faultstring")
        or "The registry gave no reason.",
        error_code=int(code) if code.lstrip("-").isdigit() else None,
        code=text_of(element, "faultcode").rpartition(":")[2] or "Server",
    )


def text_of(element: Element, name: str) -> str:
    """The trimmed text of the first descendant of that local name, ``""`` when there is none."""
    found = next(element.iter(f"{{*}}{name}"), None)
    return (found.text or "").strip() if found is not None else ""
