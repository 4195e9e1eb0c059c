"""Access tokens: secrets with which a program acts in the person's place. Only where the operator turns them on."""
