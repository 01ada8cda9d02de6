"""The service: live feeds through the pipeline, its state kept, its alerts sent. Time comes from a given clock."""
