"""What the long lists share: a question, a stretch of days, a way on."""
