"""What a call gives back, or how it refuses: for tests where both are right."""


def attempt(refusal, made, *arguments):
    """The result of `made(*arguments)`, or the refusal it raised."""
    try:
        return made(*arguments)
    except refusal as refused:
        return refused
