"""Development only: the mail that the catcher kept instead of sending it."""
