"""Screens on which licenses and renewals are asked for, and background questions answered."""
