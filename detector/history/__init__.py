"""Stops of the past: an archive of visits in Parquet files, and the readers of what goes into it.

`archive`, `months`, `table`, `asking` and `summaries` need Polars (extra `history`), and say so in one line where it is
missing. Whoever uses them imports them when they are needed, so that the rest of the program does without.
"""
