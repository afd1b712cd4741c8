"""How the tables came to be, a file a revision, run in order by Alembic when a history is opened."""
