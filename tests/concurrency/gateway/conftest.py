from tests.appointments.gateway.conftest import _simulator, registry  # noqa: F401 - the same registry
