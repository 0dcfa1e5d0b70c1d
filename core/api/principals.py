"""Who calls: a signed-in person, or a client with scopes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

READ, WRITE, SUBMIT = "read", "write", "submit"
#: What a scope is for; the first sentence a client reads about it.
SCOPES = {
    READ: "Read facts",
    WRITE: "Change records",
    SUBMIT: "Submit transactions that cost money",
}


@dataclass(frozen=True, slots=True)
class ApiClient:
    """A machine, standing where views expect a user. Its scopes are its rights."""

    client_id: str
    name: str
    scopes: frozenset[str]

    is_authenticated = True
    is_anonymous = False
    is_active = True
    is_staff = False
    is_superuser = False
    pk = None

    def has_perm(self, right: str, obj: object = None) -> bool:
        """``read`` sees what there is to see, ``submit`` does what rights of that name allow, ``write`` the rest."""
        codename = right.rpartition(".")[2]
        if codename.startswith("view_"):
            return READ in self.scopes
        return (SUBMIT if codename.startswith("submit") else WRITE) in self.scopes

    def has_perms(self, rights: Collection[str], obj: object = None) -> bool:
        """All of them."""
        return all(self.has_perm(right) for right in rights)

    def __str__(self) -> str:
        return self.name
