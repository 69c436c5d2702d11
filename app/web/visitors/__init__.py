"""Who is there, what they may, what they chose, and what they had typed."""
