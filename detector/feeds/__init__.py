"""Where bytes come from: one outside system a file."""
