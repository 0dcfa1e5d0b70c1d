"""Screens of transactions: lists, the cost page, a transaction, a batch, plans, the fee ledger, the gateway."""
