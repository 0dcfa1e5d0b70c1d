"""Ask the configured gateway the eight questions that automatic handling of unknown outcomes depends on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from nipr.client import RegistryClient
from nipr.config import RegistryConfig
from nipr.conformance import Conformance, Finding, Outcome, Subject
from nipr.conformance.line import hang_up, is_simulator
from nipr.gateway import GatewayPost
from nipr.ledger import DatabaseLedger, asking

SECONDS = 60.0


class Command(BaseCommand):
    help = (
        "Send test transactions to the gateway and say whether it behaves as this product relies on. On a live "
        "account they are real and cost money: run it against the simulator or a test account."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--yes-this-is-a-test-account",
            action="store_true",
            help="The configured registry is not the simulator, and its account is one for tests.",
        )
        parser.add_argument(
            "--subject",
            type=Path,
            help="A JSON file that says whom to appoint (see nipr.conformance.Subject).",
        )
        parser.add_argument(
            "--remembered", metavar="BATCH/TRANS", help="A key of an earlier run: is it still known?"
        )
        parser.add_argument(
            "--pause", type=float, default=2.0, help="Seconds to leave the far side after a cut."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        config = RegistryConfig.from_settings()
        if not options["yes_this_is_a_test_account"] and not is_simulator(config):
            raise CommandError(
                "The configured registry is not the simulator. These checks send transactions that cost money. If "
                "NIPR_URL_TEMPLATE and NIPR_USERNAME are those of a test account, say --yes-this-is-a-test-account."
            )
        with (
            RegistryClient(config, DatabaseLedger()) as client,
            asking("check_gateway", "Gateway conformance"),
        ):

            def post(body: bytes, realtime: bool) -> GatewayPost:
                return client.post_gateway(body, realtime=realtime, timeout=SECONDS)

            checks = Conformance(
                _subject(options["subject"]),
                post,
                lambda body: hang_up(config, body),
                remembered=_key(options["remembered"]),
                pause=options["pause"],
            )
            self._report([self._show(finding) for finding in checks.run()])

    def _show(self, finding: Finding) -> Finding:
        self.stdout.write(f"{finding.number}. {finding.question}: {finding.outcome.value}. {finding.said}")
        return finding

    def _report(self, findings: list[Finding]) -> None:
        failed = [str(finding.number) for finding in findings if finding.outcome is Outcome.FAILED]
        unchecked = [str(finding.number) for finding in findings if finding.outcome is Outcome.NOT_CHECKED]
        if failed:
            raise CommandError(
                f"Failed: {', '.join(failed)}. Leave the handling of unknown outcomes to people on this account."
            )
        if unchecked:
            self.stdout.write(f"Not checked: {', '.join(unchecked)}. Everything else passed.")
            return
        self.stdout.write("All passed: unknown outcomes may be handled automatically on this account.")


def _subject(path: Path | None) -> Subject:
    if path is None:
        return Subject()
    try:
        return Subject.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise CommandError(f"{path} does not say whom to appoint: {error}") from error


def _key(text: str | None) -> tuple[str, str] | None:
    if not text:
        return None
    batch, _, trans = text.partition("/")
    if not (batch and trans):
        raise CommandError("Say the key as BATCH/TRANS.")
    return batch, trans
