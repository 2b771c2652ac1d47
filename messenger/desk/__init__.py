"""The reference desk: receives reports over HTTPS, and shows them to its officers in the browser."""
