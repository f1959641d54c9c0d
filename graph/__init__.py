"""The model of an AI estate and the mathematics on it: pure functions of data, no cloud SDK, no Qt."""
