"""What a failure means: for the message, for the server, and for the administrator who mends it."""
