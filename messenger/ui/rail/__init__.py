"""The rail: the rooms, and Report abuse last."""
