"""One SMTP conversation: where it may go, whom it trusts, what is said, how long it may take."""
