"""What stands around Peyk: setting it up, running it on one machine, the mail catcher.

All but the catcher needs nothing but Python, because it runs before anything is installed.
"""
