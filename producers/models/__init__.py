from producers.models.assignments import ProducerAssignment
from producers.models.facts import (
    Address,
    ContactInfo,
    License,
    LicenseLine,
    OtherName,
    RegistryFact,
    RegulatoryAction,
)
from producers.models.producer import Producer
from producers.models.sync import AlertSubscription, AlertTarget, Change, SyncItem, SyncRun, SyncState

__all__ = [
    "Address",
    "AlertSubscription",
    "AlertTarget",
    "Change",
    "ContactInfo",
    "License",
    "LicenseLine",
    "OtherName",
    "Producer",
    "ProducerAssignment",
    "RegistryFact",
    "RegulatoryAction",
    "SyncItem",
    "SyncRun",
    "SyncState",
]
