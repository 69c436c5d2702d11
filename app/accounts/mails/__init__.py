"""The words of the mails about accounts, made at the moment of sending."""
