"""All cards of packages in one HTML file that works offline."""
