"""How transactions leave, once each, and how their answers come back (docs/decisions/0005-transactions.md).

``relay`` wakes senders, ``send`` carries one document from claim to answer, ``reconcile`` finds out what became of what
has no answer, ``fence`` stops everything after a restore, ``state`` is the switch that people see.
"""
