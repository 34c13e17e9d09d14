"""The same panels as an ordinary hand-written Dash app: what OneScreen is measured against. Nothing else uses it."""
