// Copy an entry and paste it: a form opens that is filled in like it, and nothing happens until that is created.

import { open } from "./drawer.js";
import { say } from "./said.js";
import { at, clock, shifted, minutesBetween, SNAP_MINUTES } from "./times.js";

const COPIED = "sim365 copied";
const DAY_MINUTES = 24 * 60;
const grid = document.getElementById("grid");
let pointed = null;

// Where the pointer was last: the hour of a day, or a day.
function point(event) {
  const place = event.target.closest?.(".column, .cell, .lane-cell");
  if (!place) return;
  const box = place.getBoundingClientRect();
  const minute = place.matches(".column") ? Math.floor(((event.clientY - box.top) / box.height) * (DAY_MINUTES / SNAP_MINUTES)) * SNAP_MINUTES : null;
  pointed = { day: place.dataset.day, minute };
}

function copy(event) {
  const entry = document.activeElement?.closest?.(".entry");
  if (!entry || String(getSelection())) return;
  event.preventDefault();
  const { id, start, end } = entry.dataset;
  sessionStorage.setItem(COPIED, JSON.stringify({ id, start, end, path: location.pathname }));
  say("Copied. Point to a time and press Ctrl and V.");
}

function paste(event) {
  if (event.target.closest?.("input, textarea, select")) return;
  const copied = JSON.parse(sessionStorage.getItem(COPIED) ?? "null");
  if (!copied) return;
  event.preventDefault();
  if (copied.path !== location.pathname) {
    say("The copied entry is another mailbox's; it can be pasted there only.");
    return;
  }
  const address = new URL(grid.dataset.new, location.href);
  const day = pointed?.day ?? shifted(copied.start, DAY_MINUTES).slice(0, 10);
  const start = pointed?.minute == null ? `${day}T${copied.start.slice(11)}` : at(day, pointed.minute);
  address.searchParams.set("event", copied.id);
  address.searchParams.set("start", start);
  address.searchParams.set("end", shifted(start, minutesBetween(copied.start, copied.end)));
  open(address.href);
  say(`Pasting to ${day}, ${clock(minutesBetween(`${day}T00:00`, start))}.`);
}

export function startCopying() {
  grid.addEventListener("pointermove", point);
  document.addEventListener("copy", copy);
  document.addEventListener("paste", paste);
}
