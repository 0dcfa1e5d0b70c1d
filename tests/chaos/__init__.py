"""Kills, pauses and lost stores under load: `make chaos`. The simulator's book says whether anything left twice."""
