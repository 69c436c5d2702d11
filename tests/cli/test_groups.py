from sqlalchemy import text

from app.cli import mail, users
from app.extensions import db


def test_without_its_tables_a_command_says_what_to_do(app):
    runner = app.test_cli_runner()
    db.session.execute(text("ALTER TABLE users RENAME TO users_away"))
    db.session.commit()
    try:
        result = runner.invoke(users.group, ["list-admins"])
    finally:
        db.session.execute(text("ALTER TABLE users_away RENAME TO users"))
        db.session.commit()
    assert result.exit_code == 1
    assert "db upgrade" in result.output
    assert "no such table: users" in result.output
    assert "SELECT" not in result.output


def test_a_database_that_is_there_is_not_spoken_of(app):
    result = app.test_cli_runner().invoke(mail.group, ["status"])
    assert "database" not in result.output
