"""Making a Logto tenant ready for this site: what is wanted, what is missing, and the operator's file."""
