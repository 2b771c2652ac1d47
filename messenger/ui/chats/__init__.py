"""The chat list, with search, requests and the tip."""
