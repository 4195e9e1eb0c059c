"""The photo: uploaded, taken from a connected account, given by address, removed."""
