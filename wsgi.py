"""The door for a WSGI server: `gunicorn wsgi:app`; `.env` beside this file is read first."""

import sys
from pathlib import Path

from dotenv import load_dotenv

from app import create_app
from app.config import ConfigError
from app.mail.delivery import embedded

load_dotenv(Path(__file__).with_name(".env"))
try:
    app = create_app()
except ConfigError as error:
    sys.exit(f"Peyk does not start: {error}")
embedded.start(app)
