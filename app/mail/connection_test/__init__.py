"""Proof that a server works, stage by stage, and the drill for the day when it does not."""
