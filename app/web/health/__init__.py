"""What monitors ask: is the process alive, is it ready."""
