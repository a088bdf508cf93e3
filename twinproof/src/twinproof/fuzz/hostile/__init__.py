"""Values and requests that implementations often handle wrongly."""
