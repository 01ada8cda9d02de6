"""Requests to other machines: which addresses may be reached, and one guarded exchange over HTTP."""
