"""The connection test of what is in the SMTP settings form, saved or not."""
