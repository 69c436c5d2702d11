"""The application as it is built for a developer: with every screen there is."""

import pytest

from app import create_app
from app.config import Config


@pytest.fixture(scope="session")
def whole_app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("house")
    return create_app(
        Config(
            secret_key="a key of the tests, long enough for everybody",
            database_url=f"sqlite:///{folder}/house.sqlite3",
            mode="development",
            instance_path=folder,
        )
    )
