"""Approved transactions are tied to what the registry shows."""
