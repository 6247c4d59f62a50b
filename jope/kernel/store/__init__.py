"""The encrypted store: engine, authorizer, migrations, unit of work, row images."""
