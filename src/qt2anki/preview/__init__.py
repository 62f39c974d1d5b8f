"""Every card of some packages in one HTML file that needs no network."""
