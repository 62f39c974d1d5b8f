"""The previous release: reconciling, retiring, differences."""
