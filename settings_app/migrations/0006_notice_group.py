from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("settings_app", "0005_tenant_of_stored_rows"),
    ]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="group",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["group", "state"], name="settings_ap_group_a5cce5_idx"),
        ),
    ]
