"""Items and labels from files: our own exports, plain JSON Lines and CSV, and Label Studio's tasks."""
