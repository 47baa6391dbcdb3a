"""The entry: `python -m claudetray`, `claudetray`, and the frozen executable."""

import sys


def main() -> None:
    """Run, and end the process with its exit code."""
    from claudetray import app

    app.main(sys.argv[1:])


if __name__ == "__main__":
    main()
