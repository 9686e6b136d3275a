"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from holdfast.host.ties import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "holdfast.host.settings")
end_with_parent()  # granian's main process may be killed without a word

application = get_wsgi_application()

from holdfast.host import outward, settings  # noqa: E402  models exist only once the application does

outward.attach(settings.CONFIG)
