// Everything by keyboard: letters for the page, arrows from entry to entry, Alt and arrows to move one.

import { isOpening, openTemplate } from "./drawer.js";
import { move } from "./moving.js";
import { DAY_MINUTES, shifted, SNAP_MINUTES } from "./times.js";

const LINKS = { n: "new", t: "today", j: "after", k: "before", m: "month", w: "week", d: "day", i: "messages" };
const STEPS = { ArrowUp: -SNAP_MINUTES, ArrowDown: SNAP_MINUTES, ArrowLeft: -DAY_MINUTES, ArrowRight: DAY_MINUTES };

const typing = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

function pressed(event) {
  if (event.ctrlKey || event.metaKey || isOpening() || typing(event.target)) return;
  const entry = event.target.closest(".entry");
  if (event.key in STEPS && entry) {
    event.preventDefault();
    if (event.altKey) shiftEntry(entry, STEPS[event.key]);
    else neighbour(entry, event.key)?.focus();
    return;
  }
  if (event.altKey) return;
  if (event.key in STEPS && event.target === document.body) {
    document.querySelector(".column.today .entry, .column .entry")?.focus();
  } else if (event.key in LINKS) {
    document.getElementById(LINKS[event.key]).click();
  } else if (event.key === "?") {
    openTemplate(document.getElementById("keys"));
  } else if (event.key === "/") {
    document.querySelector(".all").open = true;
    document.getElementById("find").focus();
  } else {
    return;
  }
  event.preventDefault();
}

function shiftEntry(entry, minutes) {
  if (!("movable" in entry.dataset)) return;
  move(entry.dataset.id, shifted(entry.dataset.start, minutes), shifted(entry.dataset.end, minutes));
}

// Up and down follow the day; left and right go to the entry of the next day that lies nearest in time.
function neighbour(entry, key) {
  const column = entry.closest(".column");
  if (!column) return null;
  if (key === "ArrowUp" || key === "ArrowDown") {
    const entries = [...column.querySelectorAll(".entry")];
    return entries[entries.indexOf(entry) + (key === "ArrowDown" ? 1 : -1)];
  }
  const columns = [...document.querySelectorAll(".column")];
  const step = key === "ArrowRight" ? 1 : -1;
  const own = entry.dataset.start.slice(11);
  for (let at = columns.indexOf(column) + step; at >= 0 && at < columns.length; at += step) {
    const entries = [...columns[at].querySelectorAll(".entry")];
    if (entries.length) return entries.find((one) => one.dataset.start.slice(11) >= own) ?? entries.at(-1);
  }
  return null;
}

export function startKeys() {
  document.addEventListener("keydown", pressed);
}
