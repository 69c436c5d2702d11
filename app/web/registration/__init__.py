"""Registering, waiting for the mail, and opening its link."""
