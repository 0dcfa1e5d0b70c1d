"""The rights of this room. What an upload does takes the right of its type besides."""

from __future__ import annotations

from typing import Final

VIEW: Final = "imports.view_importrun"
UPLOAD: Final = "imports.add_importrun"
"""Upload a file, mend its rows, process and undo it."""
