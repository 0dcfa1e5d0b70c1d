"""What every REST view of the product shares: errors, sign-in by scope, paging, idempotency, versions and limits."""
