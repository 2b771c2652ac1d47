"""People and groups that are not accepted yet, in the place of a chat."""
