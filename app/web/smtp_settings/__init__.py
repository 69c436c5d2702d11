"""The SMTP settings: sender, master switch, both servers."""
