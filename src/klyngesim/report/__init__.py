"""What note, figures and tables share: stored results as read, and words in English and Danish.

Reads only the files that a run leaves behind, so that everything shown can be drawn again without the model.
"""
