"""The door for a WSGI server: `gunicorn wsgi:app`; `.env` beside this file is read first."""

import os
import sys
from pathlib import Path

from dotenv import load_dotenv
from sqlalchemy.orm import configure_mappers

from app import create_app, web
from app.config import ConfigError
from app.mail.delivery import embedded

load_dotenv(Path(__file__).with_name(".env"))
try:
    app = create_app()
except ConfigError as error:
    sys.exit(f"Peyk does not start: {error}")
# The commands of the shell's door make an application too; they are no web process.
if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
    # What the first page would wait for.
    configure_mappers()
    web.compile_ahead(app)
    embedded.start(app)
