"""The system settings: name, language, time, registration, retention, webhook."""
