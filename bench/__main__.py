"""Room: bench. `python -m bench` is `python -m bench.run`."""

from bench import run

if __name__ == "__main__":
    run.main()
