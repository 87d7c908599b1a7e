"""What people read of a run: figures, tables and their words in English and Danish.

Reads only the files that a run leaves behind, so that everything shown can be drawn again without the model.
"""
