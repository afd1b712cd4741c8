"""`python -m lookoutcv` is `lookout`."""

from lookoutcv.cli.main import run

if __name__ == "__main__":
    run()
