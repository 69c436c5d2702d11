"""The port to the task engine that starts, wakes and times the workers."""
