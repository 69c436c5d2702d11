"""The shared mail service: outbox, worker, servers, failover."""
