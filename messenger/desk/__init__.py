"""The reference desk that receives reports."""
