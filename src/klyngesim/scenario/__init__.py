"""What the user writes: scenario files, the registry of parameters and the checks on both.

Import the submodule that is needed (``loading``, ``parameters``, ``schema``, ``levers``, ``periods``);
this package file imports nothing, so that ``klyngesim check`` and ``klyngesim params`` start quickly.
"""
