"""Young-person mode in the window: how it begins, the guardian's page, and what the young person is told."""
