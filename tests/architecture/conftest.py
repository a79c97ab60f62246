import pytest


@pytest.fixture(autouse=True)
def _views_of_other_threads_stay_in_the_tests_transaction(monkeypatch):
    """Feeds give their connection back after each question; here it is the test's own."""
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)
