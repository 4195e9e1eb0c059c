"""The account settings API: what people do on the pages, as JSON, for a company's own apps (docs/api.md)."""
