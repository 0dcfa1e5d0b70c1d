"""Fees: what was estimated, what was charged, and whether the registry's book says the same."""
