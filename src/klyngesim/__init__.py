"""klyngesim: an agent-based simulation of the Danish cluster programme (klyngeprogrammet)."""
