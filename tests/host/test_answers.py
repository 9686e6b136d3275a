"""What every answer carries, and what is answered when nothing could be: headers, caps, proxies, health, figures."""

import pytest
from django.conf import settings
from django.test import Client, RequestFactory, override_settings

from holdfast.host import bodies, headers, proxies
from holdfast.host.bodies import BODY_BYTES_MAX


@pytest.fixture
def browser(database) -> Client:
    return Client(raise_request_exception=False)


class TestHeaders:
    def test_a_page_may_load_from_ourselves_only(self, browser: Client):
        policy = browser.get("/nowhere")["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "*" not in policy

    @pytest.mark.parametrize("address", ["/healthz", "/readyz", "/nowhere", "/metrics", "/api/v1/nowhere"])
    def test_every_answer_is_protected(self, browser: Client, address: str):
        answer = browser.get(address)
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Request-Id"]

    def test_https_is_remembered_where_there_is_https(self):
        answer = headers.protect(lambda _request: _empty())
        assert "Strict-Transport-Security" not in answer(RequestFactory().get("/"))
        with override_settings(SESSION_COOKIE_SECURE=True):
            assert "max-age=31536000" in answer(RequestFactory().get("/"))["Strict-Transport-Security"]

    def test_another_site_cannot_write_with_our_cookie(self):
        """A-T18: the second wall beside the form token."""
        request = RequestFactory().post("/bookings", headers={"Sec-Fetch-Site": "cross-site"})
        request.COOKIES[settings.SESSION_COOKIE_NAME] = "x"
        assert headers.protect(lambda _request: _empty())(request).status_code == 403

    def test_a_stricter_policy_of_a_view_stands(self):
        def strict(_request):
            answer = _empty()
            answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
            return answer

        assert (
            headers.protect(strict)(RequestFactory().get("/"))["Content-Security-Policy"]
            == "default-src 'none'; sandbox"
        )


class TestBodies:
    @pytest.mark.parametrize(
        ("more", "status"),
        [
            ({"CONTENT_LENGTH": str(BODY_BYTES_MAX + 1)}, 413),
            ({"CONTENT_LENGTH": "a lot"}, 400),
            ({"CONTENT_LENGTH": "-1"}, 400),
            ({"HTTP_CONTENT_ENCODING": "gzip"}, 415),
            ({"QUERY_STRING": "q=" + "a" * 9000}, 414),
            ({"CONTENT_LENGTH": str(BODY_BYTES_MAX)}, 200),
            ({}, 200),
        ],
    )
    def test_what_is_larger_than_any_honest_request_is_refused(self, more: dict[str, str], status: int):
        """A-I10, A-I17: refused before a byte of the body is read."""
        request = RequestFactory().post("/", **more)
        assert bodies.limit(lambda _request: _empty())(request).status_code == status


class TestProxies:
    def place(self, hops: int, **more: str):
        seen = {}

        def look(request):
            seen.update(address=request.META["REMOTE_ADDR"], secure=request.is_secure(), host=request.get_host())
            seen["left"] = [name for name in request.META if name.startswith("HTTP_X_FORWARDED")]
            return _empty()

        with override_settings(HOLDFAST_TRUSTED_PROXIES=hops):
            proxies.believe(look)(RequestFactory().get("/", REMOTE_ADDR="10.0.0.9", **more))
        return seen

    def test_without_a_proxy_nothing_is_believed(self):
        seen = self.place(
            0, HTTP_X_FORWARDED_FOR="1.2.3.4", HTTP_X_FORWARDED_PROTO="https", HTTP_X_FORWARDED_HOST="evil"
        )
        assert seen == {"address": "10.0.0.9", "secure": False, "host": "testserver", "left": []}

    def test_one_proxy_is_believed_for_the_last_hop_only(self):
        seen = self.place(1, HTTP_X_FORWARDED_FOR="6.6.6.6, 1.2.3.4", HTTP_X_FORWARDED_PROTO="https")
        assert (seen["address"], seen["secure"], seen["left"]) == ("1.2.3.4", True, [])

    def test_two_proxies_are_believed_for_two_hops(self):
        assert self.place(2, HTTP_X_FORWARDED_FOR="6.6.6.6, 1.2.3.4, 10.0.0.1")["address"] == "1.2.3.4"

    def test_a_chain_that_is_too_short_is_not_believed(self):
        assert self.place(2, HTTP_X_FORWARDED_FOR="1.2.3.4")["address"] == "10.0.0.9"


@pytest.mark.database
class TestHealth:
    def test_alive_asks_nobody(self, browser: Client):
        assert browser.get("/healthz").content == b"alive\n"

    def test_ready_waits_for_a_worker(self, browser: Client):
        answer = browser.get("/readyz")
        assert answer.status_code == 503
        assert answer.json() == {"database": "ok", "migrations": "ok", "worker": "none"}

    def test_ready_with_a_heartbeat(self, browser: Client):
        heartbeat(age_s=1)
        assert browser.get("/readyz").status_code == 200

    def test_an_old_heartbeat_is_silence(self, browser: Client):
        heartbeat(age_s=600)
        assert browser.get("/readyz").json()["worker"] == "silent"

    def test_the_figures_can_be_read_by_prometheus(self, browser: Client):
        from prometheus_client.parser import text_string_to_metric_families

        heartbeat(age_s=1)
        found = {family.name for family in text_string_to_metric_families(browser.get("/metrics").content.decode())}
        assert {"holdfast_ready", "holdfast_jobs_in_queue", "holdfast_workers", "holdfast_requests"} <= found


class TestWhenNothingCouldBeAnswered:
    def test_a_person_gets_a_page_without_internals(self, browser: Client):
        answer = browser.get("/nowhere")
        assert answer.status_code == 404
        assert b"Traceback" not in answer.content

    def test_a_program_gets_problem_details(self, browser: Client):
        answer = browser.get("/api/nowhere")
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["status"] == 404
        assert answer.json()["request_id"] == answer["X-Request-Id"]

    def test_a_host_that_is_not_ours_is_refused(self, browser: Client):
        assert browser.get("/nowhere", HTTP_HOST="evil.example").status_code == 400

    @pytest.mark.parametrize("given", ["x", "a\r\nSet-Cookie: x", "é" * 20, "a" * 65])
    def test_a_harmful_request_id_is_not_taken_over(self, browser: Client, given: str):
        assert browser.get("/healthz", HTTP_X_REQUEST_ID=given)["X-Request-Id"] != given

    def test_a_harmless_request_id_is_kept(self, browser: Client):
        assert browser.get("/healthz", HTTP_X_REQUEST_ID="abc-123-def")["X-Request-Id"] == "abc-123-def"


def heartbeat(*, age_s: int) -> None:
    from datetime import timedelta

    from django.db import connection

    from holdfast.ports import clock

    with connection.cursor() as cursor:
        at = clock.now() - timedelta(seconds=age_s)
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [at])


def _empty():
    from django.http import HttpResponse

    return HttpResponse("")
