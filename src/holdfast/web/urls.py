"""The addresses of the pages. Each verb is a resource of its own, so that an address says what a POST to it does."""

from datetime import date

from django.urls import path, register_converter

from holdfast.web.views import (
    booking,
    booking_form,
    bookings,
    calendar,
    conflicts,
    entrance,
    keys,
    resources,
    settings,
    sync,
    today,
)


class Day:
    """A date in an address, such as 2026-11-20."""

    regex = r"[1-9]\d{3}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        return str(value)


register_converter(Day, "day")
app_name = "web"

urlpatterns = [
    path("", today.today, name="today"),
    path("day/<day:day>", today.day, name="day"),
    path("day/<day:day>/list", today.day_list, name="day-list"),
    path("day/<day:day>/answers", today.answers, name="summary"),
    path("day/<day:day>/spans", today.spans, name="spans"),
    path("news", today.changes, name="changes"),
    path("sign-in", entrance.sign_in, name="sign-in"),
    path("sign-out", entrance.sign_out, name="sign-out"),
    path("workspaces", entrance.workspaces, name="workspaces"),
    path("workspaces/<uuid:workspace_id>/entry", entrance.enter, name="enter"),
    path("keys", keys.keys, name="keys"),
    path("calendar", calendar.calendars, name="calendars"),
    path("calendar/<uuid:resource_id>", calendar.calendar, name="calendar"),
    path("calendar/<uuid:resource_id>/spans", calendar.calendar_spans, name="calendar-spans"),
    path("bookings", bookings.bookings, name="bookings"),
    path("bookings/export.csv", bookings.export, name="bookings-export"),
    path("bookings/new", booking_form.new, name="booking-new"),
    path("bookings/create", booking_form.create, name="booking-create"),
    path("bookings/check", booking_form.check, name="booking-check"),
    path("bookings/<uuid:booking_id>", booking.detail, name="booking"),
    path("bookings/<uuid:booking_id>/story", booking.story, name="story"),
    path("bookings/<uuid:booking_id>/edit", booking_form.edit, name="booking-edit"),
    path("bookings/<uuid:booking_id>/update", booking_form.update, name="booking-update"),
    path("bookings/<uuid:booking_id>/moves", booking.moves, name="booking-moves"),
    path("bookings/<uuid:booking_id>/cancel", booking.cancel, name="booking-cancel"),
    path("bookings/<uuid:booking_id>/cancellation", booking.cancellation, name="booking-cancellation"),
    path("bookings/<uuid:booking_id>/restoration", booking.restoration, name="booking-restoration"),
    path("conflicts", conflicts.conflicts, name="conflicts"),
    path("conflicts/<uuid:conflict_id>/answer", conflicts.answer, name="conflict-answer"),
    path("questions/<uuid:link_id>/answer", conflicts.reply, name="question-answer"),
    path("resources", resources.resources, name="resources"),
    path("resources/new", resources.new, name="resource-new"),
    path("resources/create", resources.create, name="resource-create"),
    path("resources/<uuid:resource_id>/edit", resources.edit, name="resource-edit"),
    path("resources/<uuid:resource_id>/update", resources.update, name="resource-update"),
    path("sync", sync.sync, name="sync"),
    path("sync/connections", sync.connect, name="connect"),
    path("sync/connections/<uuid:connection_id>/rooms", sync.rooms, name="rooms"),
    path("sync/connections/<uuid:connection_id>/mappings", sync.plan, name="mapping-plan"),
    path("sync/preview", sync.previews, name="preview"),
    path("sync/starts", sync.start, name="mapping-start"),
    path("sync/runs", sync.run, name="sync-run"),
    path("sync/mappings/<uuid:mapping_id>/pause", sync.pause, name="mapping-pause"),
    path("sync/mappings/<uuid:mapping_id>/resumption", sync.resume, name="mapping-resume"),
    path("sync/mappings/<uuid:mapping_id>/end", sync.end, name="mapping-end"),
    path("sync/mappings/<uuid:mapping_id>/release", sync.release, name="mapping-release"),
    path("settings", settings.settings, name="settings"),
    path("settings/people", settings.add_person, name="person-add"),
    path("settings/people/<uuid:person_id>", settings.change_person, name="person-change"),
    path("settings/tokens", settings.make_token, name="token-make"),
    path("settings/tokens/<uuid:token_id>/revocation", settings.revoke_token, name="token-revoke"),
]
