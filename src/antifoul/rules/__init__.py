"""Judge: facts and numbers in, findings out. One file a rule, in the folder of the fact it judges."""
