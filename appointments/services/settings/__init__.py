"""What the organisation does business in and how transactions leave: ``rules``, ``reasons``, ``gateway``, ``what_if``."""
