// Puts spans from the server on the timeline or the week, and turns a drag into the same request the form makes.
import { mountDay, mountWeek } from "./calendar.js";
import { openDrawer, wanted } from "./drawer.js";
import { walkGrid } from "./grid-keys.js";

export async function showGrid(element) {
  const spans = { url: element.dataset.spans, tag: "" };
  const first = await fetchSpans(spans);
  if (!first) return;
  const mount = element.dataset.view === "week" ? mountWeek : mountDay;
  const calendar = mount(element, first, { create, open, move: (change) => move(change, refresh) });
  const refresh = async () => {
    const fresh = await fetchSpans(spans);
    if (fresh) calendar.show(fresh);
  };
  document.body.addEventListener("holdfast:changed", refresh);
  document.body.addEventListener("holdfast:drawer", () => calendar.mark(openBooking()));
  calendar.mark(openBooking());
  walkGrid(element, { create });
  element.dataset.ready = "yes";
}

async function fetchSpans(spans) {
  const answer = await fetch(spans.url, { headers: { "If-None-Match": spans.tag }, cache: "no-store" });
  if (!answer.ok) return null;
  spans.tag = answer.headers.get("ETag") ?? "";
  return answer.json();
}

function create({ resource, start, end, zone }) {
  openDrawer(`/bookings/new?${new URLSearchParams({ resource, start, end, zone })}`);
}

function open(id, element) {
  openDrawer(`/bookings/${id}`, element);
}

async function move({ id, resource, start, end, zone, version }, refresh) {
  const values = { resource, start, end, zone, version };
  await window.htmx.ajax("POST", `/bookings/${id}/moves`, { target: "#drawer", swap: "innerHTML", values });
  await refresh();
}

function openBooking() {
  return wanted().split("/")[2] ?? "";
}
