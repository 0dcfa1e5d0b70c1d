"""Uploads: a file becomes rows, rows are judged, people mend and process them. What the rows mean, each app says."""
