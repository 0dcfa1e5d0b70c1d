"""License applications and renewals: what they need, asking for them, and finding them at the registry afterwards."""
