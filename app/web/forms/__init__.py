"""Fields of forms: how they look, what they clean and what they refuse."""
