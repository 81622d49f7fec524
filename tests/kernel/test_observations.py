"""Observations are a closed set, and a failing listener harms nobody."""

from typing import get_args

import msgspec
import pytest

from accord.kernel import observations

DENIED = observations.AccessDenied(operation="orders.create", code="FORBIDDEN")


def fails(observation):
    raise RuntimeError("no disk")


@pytest.mark.parametrize("kind", get_args(observations.Observation))
def test_every_kind_is_frozen_tagged_and_has_a_level(kind):
    """A log can write each of them under its name and severity."""
    assert kind.__struct_config__.frozen
    assert kind.__struct_config__.tag == kind.__name__
    assert kind.level in {"debug", "info", "warning", "error"}
    assert kind.__doc__


def test_the_union_holds_every_kind():
    """A kind that is defined but left out of the union would be invisible to type checkers."""
    kinds = {
        each
        for each in vars(observations).values()
        if isinstance(each, type) and issubclass(each, msgspec.Struct)
    }
    assert kinds == set(get_args(observations.Observation))


def test_listeners_are_told_in_order():
    """What is emitted arrives, once, at every listener."""
    first, second = observations.Recorder(), observations.Recorder()
    tell = observations.Observers([first])
    tell.add(second)
    tell(DENIED)
    tell.remove(first)
    tell(DENIED)
    assert first.observations == [DENIED]
    assert second.observations == [DENIED, DENIED]


def test_a_stranger_cannot_be_removed():
    """It is the caller's mistake."""
    with pytest.raises(ValueError, match="not a listener"):
        observations.Observers().remove(observations.Recorder())


def test_a_failing_listener_harms_nobody():
    """The emitter goes on, the others are told, and they are told of the failure too."""
    before, after = observations.Recorder(), observations.Recorder()
    observations.Observers([before, fails, after])(DENIED)
    failed = observations.ListenerFailed(
        listener="fails", observation="AccessDenied", error="RuntimeError: no disk"
    )
    assert before.observations == [DENIED, failed]
    assert after.observations == [failed, DENIED]


def test_when_all_listeners_fail_the_emitter_still_goes_on():
    """Failing on a failure ends the matter."""
    observations.Observers([fails, len])(DENIED)


def test_what_must_stop_the_program_stops_it():
    """A listener's KeyboardInterrupt is not swallowed."""

    def interrupted(observation):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        observations.Observers([interrupted])(DENIED)


def test_a_recorder_finds_and_forgets():
    """The fake answers what a test asks."""
    recorder = observations.Recorder()
    recorder(DENIED)
    recorder(observations.ServerStopped())
    assert recorder.of(observations.AccessDenied) == [DENIED]
    recorder.clear()
    assert recorder.observations == []
