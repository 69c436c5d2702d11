"""The settings of the sender and both servers, and how each server fares."""
