// Drag over empty hours to make an entry, drag an entry to move it, drag its lower edge to change its length.

import { open } from "./drawer.js";
import { move } from "./moving.js";
import { pause, resume } from "./parts.js";
import { at, DAY_MINUTES, minutesBetween, shifted, snapped, SNAP_MINUTES } from "./times.js";

const grid = document.getElementById("grid");
const EDGE_PX = 7;
const FAR_PX = 4;
const CLICK_LENGTH = 30;
const ROW_MINUTES = 5;

let drag = null;
let ended = 0;

const columnAt = (x) => [...grid.querySelectorAll(".column")].find((column) => {
  const box = column.getBoundingClientRect();
  return x >= box.left && x < box.right;
});

const minuteAt = (column, y) => {
  const box = column.getBoundingClientRect();
  return Math.min(DAY_MINUTES, Math.max(0, ((y - box.top) / box.height) * DAY_MINUTES));
};

function begin(event) {
  const hours = grid.querySelector(".hours");
  if (event.button !== 0 || !hours || getComputedStyle(hours).display === "none") return;
  const entry = event.target.closest(".entry");
  const column = event.target.closest(".column");
  if (!column || (entry && !("movable" in entry.dataset))) return;
  // A finger scrolls the empty hours; it makes entries with the New button.
  if (!entry && event.pointerType === "touch") return;
  const minute = minuteAt(column, event.clientY);
  const low = entry && entry.getBoundingClientRect().bottom - event.clientY <= EDGE_PX && !entry.classList.contains("short");
  drag = { entry, column, minute, low, x: event.clientX, y: event.clientY, far: false, kind: entry ? (low ? "length" : "move") : "new" };
  if (entry) drag.grip = minute - minutesBetween(`${column.dataset.day}T00:00`, entry.dataset.start);
}

function follow(event) {
  if (!drag) return;
  if (!drag.far) {
    if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < FAR_PX) return;
    drag.far = true;
    pause();
    drag.entry?.classList.add("held");
    drag.ghost = document.createElement("div");
  }
  event.preventDefault();
  const span = target(event);
  if (!span) return;
  drag.span = span;
  const top = Math.max(0, Math.floor(span.from / ROW_MINUTES));
  const bottom = Math.min(DAY_MINUTES / ROW_MINUTES, Math.max(top + 1, Math.ceil(span.to / ROW_MINUTES)));
  drag.ghost.className = `ghost t${top} b${bottom}`;
  if (drag.ghost.parentNode !== span.column) span.column.append(drag.ghost);
}

function target(event) {
  const over = columnAt(event.clientX) ?? drag.column;
  if (drag.kind === "new") {
    const other = snapped(minuteAt(drag.column, event.clientY));
    const first = Math.floor(drag.minute / SNAP_MINUTES) * SNAP_MINUTES;
    return { column: drag.column, from: Math.min(first, other), to: Math.max(first + SNAP_MINUTES, other) };
  }
  const { start, end } = drag.entry.dataset;
  if (drag.kind === "length") {
    const from = minutesBetween(`${drag.column.dataset.day}T00:00`, start);
    return { column: drag.column, from, to: Math.max(from + SNAP_MINUTES, snapped(minuteAt(drag.column, event.clientY))) };
  }
  const from = snapped(minuteAt(over, event.clientY) - drag.grip);
  return { column: over, from, to: from + minutesBetween(start, end) };
}

async function finish(event) {
  if (!drag) return;
  const { kind, entry, span, far, column, minute } = drag;
  const clean = () => {
    drag?.ghost?.remove();
    entry?.classList.remove("held");
    if (far) resume();
    drag = null;
  };
  if (far) ended = event.timeStamp;
  if (event.type === "pointercancel" || (far && !span)) return clean();
  if (kind === "new" && (far || event.pointerType !== "touch")) {
    const first = Math.floor(minute / SNAP_MINUTES) * SNAP_MINUTES;
    const { from, to } = span ?? { from: first, to: first + CLICK_LENGTH };
    const address = new URL(grid.dataset.new, location.href);
    address.searchParams.set("start", at(column.dataset.day, from));
    address.searchParams.set("end", at(column.dataset.day, to));
    clean();
    return open(address.href);
  }
  if (!far) return clean();
  const start = at(span.column.dataset.day, span.from);
  const end = shifted(start, span.to - span.from);
  const { id } = entry.dataset;
  await move(id, start, end);
  return clean();
}

export function startDragging() {
  grid.addEventListener("pointerdown", begin);
  window.addEventListener("pointermove", follow);
  window.addEventListener("pointerup", finish);
  window.addEventListener("pointercancel", finish);
  grid.addEventListener("dragstart", (event) => event.preventDefault());
  // The click that follows a drag must not open the entry.
  grid.addEventListener("click", (event) => {
    if (ended && event.timeStamp - ended < 50) event.preventDefault();
  }, { capture: true });
}
