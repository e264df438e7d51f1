"""One module for each command, named as it is typed: it reads options, prints, and sets the exit code."""
