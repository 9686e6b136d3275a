"""The product's doors as the world uses them: connecting, mapping, and the doorbell that notices reach."""

from collections.abc import Callable
from urllib.parse import urlsplit

from sim365.http.routing import Reply
from tests.world.scene import SECRET, Customer, Scene


def connect(scene: Scene, customer: Customer) -> None:
    """Connect a customer's tenant and start a mapping for each room, as an administrator would."""
    from holdfast.mirror import connections, mappings

    engine = scene.new_engine()
    app_id = next(iter(customer.tenant.apps))
    new = connections.NewConnection(tenant=customer.tenant.tenant_id, app_id=app_id, secret=SECRET)
    connection = connections.connect(customer.cast.ada, new, engine=engine)
    for room, address in customer.rooms.items():
        wanted = mappings.NewMapping(
            resource_id=customer.cast.resource(room), connection_id=connection.id, address=address
        )
        planned = mappings.plan_mapping(customer.cast.ada, wanted, engine=engine)
        mappings.start(customer.cast.ada, planned.mapping.id)


def postman(scene: Scene) -> Callable[[str, bytes, str], Reply]:
    """Microsoft's way to our doorbell: a real request through the product's own URLs and middleware."""
    from django.test import Client

    client = Client(raise_request_exception=False)

    def post(url: str, body: bytes, content_type: str) -> Reply:
        if body:
            scene.posts.append((url, body, content_type))
        parts = urlsplit(url)
        answer = client.post(
            f"{parts.path}?{parts.query}" if parts.query else parts.path,
            data=body,
            content_type=content_type,
            secure=True,
            headers={"host": "127.0.0.1"},
        )
        return Reply(answer.status_code, answer.content, answer.headers.get("Content-Type", ""))

    return post
