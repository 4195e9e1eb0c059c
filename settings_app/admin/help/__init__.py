"""The help desk: what administrators may do for somebody whose account they look at, where the operator allows it."""
