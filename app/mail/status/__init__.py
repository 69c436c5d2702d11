"""The read side of the mail service: how it fares now and how it fared before, in numbers."""
