"""Uploads that ask for appointments and for their end."""
