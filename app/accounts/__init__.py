"""Who may enter: registration, activation, sign-in."""
