"""`python -m detector` is the same program as the console script `detector`."""

from detector.cli import main

if __name__ == "__main__":
    main()
