"""What is: frozen values, standard library only, no I/O."""
