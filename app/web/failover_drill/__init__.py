"""The failover drill: the primary is taken for dead, and the page shows what then happens."""
