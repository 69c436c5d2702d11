"""The migrations: one line of them, walkable in both directions, ending at the models."""

from collections.abc import Iterator

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from app import create_app
from app.config import Config
from app.extensions import db
from tests.postgres import new_database

_KEY = "a key of the tests, long enough for everybody"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request, tmp_path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.sqlite3"
        return
    with new_database(request.getfixturevalue("postgres_url"), "peyk_migrations") as url:
        yield url


@pytest.fixture
def migrated(empty_database, tmp_path):
    config = Config(
        secret_key=_KEY, database_url=empty_database, mode="testing", instance_path=tmp_path
    )
    app = create_app(config)
    with app.app_context():
        flask_migrate.upgrade()
        yield app
        db.session.remove()
        db.engine.dispose()


def test_there_is_one_head(whole_app):
    with whole_app.app_context():
        directory = whole_app.extensions["migrate"].directory
    assert len(ScriptDirectory(directory).get_heads()) == 1


def test_the_migrations_end_at_the_models(migrated):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": False}
        )
        assert compare_metadata(context, db.metadata) == []


def test_the_way_down_leaves_nothing_and_the_way_up_goes_again(migrated):
    flask_migrate.downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    flask_migrate.upgrade()
    assert set(db.metadata.tables) <= set(inspect(db.engine).get_table_names())
