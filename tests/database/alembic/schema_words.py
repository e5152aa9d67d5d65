"""What a project's revisions import from the project itself."""

MOODS = ("glad", "it's fine", "100%")
