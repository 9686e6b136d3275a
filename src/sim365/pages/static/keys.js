// Everything by keyboard: letters for the page, arrows from entry to entry, Alt and arrows to move one.

import { isOpening, open, openTemplate } from "./drawer.js";
import { move } from "./moving.js";
import { DAY_MINUTES, shifted, SNAP_MINUTES } from "./times.js";

const LINKS = { n: "new", t: "today", j: "after", k: "before", m: "month", w: "week", d: "day", i: "messages", x: "deleted" };
const STEPS = { ArrowUp: -SNAP_MINUTES, ArrowDown: SNAP_MINUTES, ArrowLeft: -DAY_MINUTES, ArrowRight: DAY_MINUTES };

const WEEK = 7 * DAY_MINUTES;

const typing = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

function pressed(event) {
  if (event.ctrlKey || event.metaKey || isOpening() || typing(event.target)) return;
  const entry = event.target.closest(".entry");
  if (event.key in STEPS && entry) {
    event.preventDefault();
    if (event.altKey && event.shiftKey) lengthen(entry, STEPS[event.key]);
    else if (event.altKey) shiftEntry(entry, steps(entry)[event.key]);
    else neighbour(entry, event.key)?.focus();
    return;
  }
  if (event.key === "Delete" && entry) {
    const address = new URL(entry.href);
    address.searchParams.set("form", "delete");
    open(address.href);
    return;
  }
  if (event.altKey) return;
  if (event.key in STEPS && event.target === document.body) {
    visible(document.querySelectorAll(".column.today .entry, .column .entry, .week-row .entry"))[0]?.focus();
  } else if (event.key in LINKS) {
    document.getElementById(LINKS[event.key])?.click();
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

// A bar has no hours: it moves by days, and in the month up and down is a week.
function steps(entry) {
  const inMonth = entry.closest(".week-row") !== null;
  return entry.matches(".whole") ? { ...STEPS, ArrowUp: inMonth ? -WEEK : 0, ArrowDown: inMonth ? WEEK : 0 } : STEPS;
}

function shiftEntry(entry, minutes) {
  if (!minutes || !("movable" in entry.dataset)) return;
  move(entry.dataset.id, shifted(entry.dataset.start, minutes), shifted(entry.dataset.end, minutes));
}

function lengthen(entry, minutes) {
  const end = shifted(entry.dataset.end, minutes);
  if (!("movable" in entry.dataset) || end <= entry.dataset.start) return;
  move(entry.dataset.id, entry.dataset.start, end);
}

const visible = (entries) => [...entries].filter((entry) => entry.offsetParent !== null);

// Up and down follow the day; left and right go to the entry of the next day that lies nearest in time.
function neighbour(entry, key) {
  const column = entry.closest(".column");
  const forwards = key === "ArrowDown" || key === "ArrowRight";
  if (!column) {
    const entries = visible(entry.closest("#grid").querySelectorAll(".entry.whole"));
    const next = entries[entries.indexOf(entry) + (forwards ? 1 : -1)];
    return next ?? (key === "ArrowDown" ? visible(document.querySelectorAll(".column .entry"))[0] : null);
  }
  if (key === "ArrowUp" || key === "ArrowDown") {
    const entries = visible(column.querySelectorAll(".entry"));
    const next = entries[entries.indexOf(entry) + (forwards ? 1 : -1)];
    return next ?? (forwards ? null : visible(document.querySelectorAll(".days .entry.whole"))[0]);
  }
  const columns = [...document.querySelectorAll(".column")];
  const own = entry.dataset.start.slice(11);
  const step = forwards ? 1 : -1;
  for (let at = columns.indexOf(column) + step; at >= 0 && at < columns.length; at += step) {
    const entries = visible(columns[at].querySelectorAll(".entry"));
    if (entries.length) return entries.find((one) => one.dataset.start.slice(11) >= own) ?? entries.at(-1);
  }
  return null;
}

export function startKeys() {
  document.addEventListener("keydown", pressed);
}
