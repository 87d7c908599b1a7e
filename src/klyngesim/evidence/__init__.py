"""The report's tables and the parameter sources as packaged data with typed access.

`tables`      everything the report prints: organisations, Tables 1-7, facts, levers, mechanisms
`choices`     the choice made for each ambiguity A1-A21 of the report, with its alternatives
`references`  numbers written as expressions over sources, such as ``F312*0.01``
`derived`     one value per organisation for the registry's ``table:NAME`` defaults

The report is "Det danske klyngeprogram - Klyngeprogrammet Innovationskraft 2021-2024" (DFiR, December 2024).
Line numbers count the lines, from 1, of the plain text taken from its PDF. Nothing is imported here, so that
a caller pays only for the module it asks for; no module below needs more than the standard library.
"""
