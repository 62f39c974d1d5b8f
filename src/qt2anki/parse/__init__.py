"""From text to outline: reading pages, decoding answers, finding their structure."""
