"""The rights of this room, by the names screens, the API and services use."""

from __future__ import annotations

from typing import Final

VIEW_PRODUCERS: Final = "producers.view_producer"
ADD_PRODUCERS: Final = "producers.add_producer"
CHANGE_PRODUCERS: Final = "producers.change_producer"
SYNC_PRODUCERS: Final = "producers.sync_producer"
REVEAL_PERSONAL: Final = "producers.reveal_ssn"
ASSIGN: Final = "producers.change_producerassignment"
VIEW_CHANGES: Final = "producers.view_change"
ACKNOWLEDGE: Final = "producers.change_change"
VIEW_LICENSES: Final = "producers.view_license"
VIEW_REGULATORY_ACTIONS: Final = "producers.view_regulatoryaction"
VIEW_RUNS: Final = "producers.view_syncrun"
