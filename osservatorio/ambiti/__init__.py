"""One release for many Ambiti: the marts and lists of each, told apart by `ambito_code`, without the records."""
