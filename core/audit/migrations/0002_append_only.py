from django.db import migrations

from core.audit import triggers


class Migration(migrations.Migration):
    """The database itself refuses to change or delete audit entries."""

    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunPython(
            lambda _apps, editor: triggers.install(editor.connection),
            lambda _apps, editor: triggers.remove(editor.connection),
        )
    ]
