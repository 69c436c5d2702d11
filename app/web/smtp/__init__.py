"""The form of the SMTP settings and the report of a test: what several screens show of both."""
