"""The settings that were found for an address: shown with their reasons, never stored."""
