"""What it looks like: numbers as text, charts, panels and screens. Knows no SQL and no loader."""
