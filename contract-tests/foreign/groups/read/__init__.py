"""One reader for each system, as the systems' public documents say that they speak. Each gives `Reading`: rows, and how many could not be read."""
