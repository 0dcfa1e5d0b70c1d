"""Approved transactions are tied to what the registry shows, and a report is bought where it is not known yet."""
