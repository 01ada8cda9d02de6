"""The nouns of the field and the arithmetic on them: values only, no I/O, no clock."""
