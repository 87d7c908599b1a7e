"""The model: state, timetable, ledger and Mesa agents."""
