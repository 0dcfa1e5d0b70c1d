"""Screens on which appointments and their ends are asked for."""
