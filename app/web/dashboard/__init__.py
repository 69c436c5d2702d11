"""System management: the tiles with their live state."""
