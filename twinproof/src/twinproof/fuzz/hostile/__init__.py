"""Values and requests that implementations get wrong."""
