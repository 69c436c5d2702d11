"""Users and pending registrations: find, look, act, invite."""
