"""The store that a site file names."""

from pathlib import Path

from passerby.errors import StoreError
from passerby.site.settings import SiteSettings
from passerby.store.site_key import read_site_key
from passerby.store.store import Store, create_store, open_store

__all__ = ["make_site_store", "open_site_store"]


def open_site_store(site: SiteSettings) -> Store:
    """Open the store of a site, to read and to administer it.

    Raises:
        ConfigError: If the site's key is missing or does not fit.
        StoreError: If there is none, or it cannot be used.
    """
    store = site.store
    return open_store(store.address, read_site_key(store.key_file), store.keys_file)


def make_site_store(site: SiteSettings) -> None:
    """Make the store of a site, unless there is one.

    Raises:
        ConfigError: If the site's key is missing.
        OutputError: If it cannot be made.
    """
    store, key = site.store, read_site_key(site.store.key_file)
    if "://" in store.address:
        try:
            create_store(store.address, key, store.keys_file)
        except StoreError:
            return  # there is one
    elif not Path(store.address).exists():
        create_store(store.address, key, store.keys_file)
