"""What can be asked: each file a part of the API."""
