"""Charts of the model as pictures, and their look."""
