"""Messages to customers and what was said to them: templates, sent messages, contact attempts over any channel."""
