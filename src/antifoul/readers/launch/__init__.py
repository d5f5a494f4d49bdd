"""Read the commands that files hold: scripts, Makefiles, workflows, READMEs, Python."""
