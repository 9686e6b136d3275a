from django.db import migrations, models

from holdfast.database.grants import ROWS, grant


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SignInFailures",
            fields=[
                ("digest", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("count", models.PositiveIntegerField(default=0)),
                ("since", models.DateTimeField()),
            ],
            options={
                "db_table": "web_sign_in_failures",
                "indexes": [models.Index(fields=["since"], name="web_sign_in_failures_age")],
            },
        ),
        *grant(ROWS, "web_sign_in_failures"),
    ]
