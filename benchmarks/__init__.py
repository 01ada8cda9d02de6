"""How fast this program is beside its peers, and how far it agrees with them: `python -m benchmarks --help`."""
