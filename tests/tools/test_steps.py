import pytest

from tools import steps
from tools.steps import Step, StepFailed, carry_out, run


@pytest.fixture(autouse=True)
def workshop(tmp_path, monkeypatch):
    """A project of its own, so that nothing of this one is remembered."""
    monkeypatch.setattr(steps, "ROOT", tmp_path)
    monkeypatch.setattr(steps, "_STAMPS", tmp_path / "stamps")
    (tmp_path / "input").write_text("one")
    return tmp_path


@pytest.fixture
def step(workshop):
    done = []

    def work():
        done.append("once")
        (workshop / "output").write_text("made")

    made = Step("step", "A step", work, [workshop / "input"], [workshop / "output"])
    return made, done


def test_what_is_up_to_date_is_not_done_again(step, capsys):
    made, done = step
    carry_out([made])
    carry_out([made])
    assert done == ["once"]
    assert "up to date" in capsys.readouterr().out


def test_a_changed_input_and_a_lost_output_are_reasons_to_do_it_again(step, workshop):
    made, done = step
    carry_out([made])
    (workshop / "input").write_text("two")
    carry_out([made])
    (workshop / "output").unlink()
    carry_out([made])
    assert len(done) == 3


def test_a_step_without_inputs_is_always_done(capsys):
    done = []
    for _ in range(2):
        carry_out([Step("always", "Always", lambda: done.append(1))])
    assert len(done) == 2
    assert "[1/1] Always" in capsys.readouterr().out


def test_an_optional_step_may_fail_and_is_tried_again(capsys):
    def work():
        raise StepFailed("there is no network")

    step = Step("font", "Font", work, optional=True)
    carry_out([step])
    assert "left out: there is no network" in capsys.readouterr().out
    assert not step.is_done()


def test_a_needed_step_that_fails_ends_the_set_up():
    def work():
        raise StepFailed("no")

    with pytest.raises(StepFailed):
        carry_out([Step("needed", "Needed", work)])


def test_a_program_that_fails_is_quoted_after_the_mend():
    with pytest.raises(StepFailed, match=r"(?s)Do this instead\..*\bsad story\b"):
        run(["sh", "-c", "echo a sad story; exit 3"], "Do this instead.")
