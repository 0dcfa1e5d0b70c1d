"""Screens of what the organisation does business in, and of how transactions leave."""
