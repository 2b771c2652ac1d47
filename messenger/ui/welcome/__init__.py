"""The first steps: offered at the first start, each can be skipped."""
