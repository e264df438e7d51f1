"""Text in, value or ``None`` out: dates, datelines, places, credits, white space, addresses."""
