"""Asking for appointments and terminations: from a request set to judged, priced and numbered transactions."""
