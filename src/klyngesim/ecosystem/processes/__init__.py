"""One file per step of the timetable; each begins with its rules as pure functions."""
