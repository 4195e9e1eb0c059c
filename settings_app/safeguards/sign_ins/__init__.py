"""Sign-ins on devices that are new to an account: seen by webhook or in Logto's log, told by mail."""
