"""The reporting endpoints door: one module a kind."""
