"""Record again what the simulator writes: ``python -m tests.contract.record``."""

from __future__ import annotations

from nipr.simulator.testing import RunningSimulator, running_simulator
from nipr.wire import pdb
from tests.contract.recorded import DOCUMENTS

SEED7 = ("88000001", "88000002", "88000006", "88000037")


def written(simulator: RunningSimulator, npn: str) -> bytes:
    return pdb.encode(simulator.report(npn))


if __name__ == "__main__":
    (DOCUMENTS / "seed7").mkdir(exist_ok=True)
    with running_simulator() as simulator:
        for npn in SEED7:
            (DOCUMENTS / "seed7" / f"{npn}.xml").write_bytes(written(simulator, npn))
