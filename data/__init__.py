"""What is true: catalogue, loaders, warehouse, periods, measures and queries. Knows no screen."""
