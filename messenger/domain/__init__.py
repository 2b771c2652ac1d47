"""The words of the field: frozen records, enums and errors. Standard library only."""
