// Bars across days: dragged to another day by their title; a click on an empty day of the month makes an entry there.

import { open } from "./drawer.js";
import { move } from "./moving.js";
import { pause, resume } from "./parts.js";
import { minutesBetween, shifted } from "./times.js";

const grid = document.getElementById("grid");
const FAR_PX = 4;
const PLACES = ".cell, .lane-cell";

let carried = null;
let ended = 0;

const placeAt = (event) => document.elementsFromPoint(event.clientX, event.clientY).find((element) => element.matches(PLACES));

function begin(event) {
  const entry = event.target.closest(".entry.whole");
  if (event.button !== 0 || !entry || !("movable" in entry.dataset)) return;
  const place = placeAt(event);
  if (place) carried = { entry, from: place.dataset.day, x: event.clientX, y: event.clientY, far: false, over: null };
}

function follow(event) {
  if (!carried) return;
  if (!carried.far) {
    if (Math.hypot(event.clientX - carried.x, event.clientY - carried.y) < FAR_PX) return;
    carried.far = true;
    pause();
    carried.entry.classList.add("held");
  }
  event.preventDefault();
  carried.over?.classList.remove("target");
  carried.over = placeAt(event) ?? null;
  carried.over?.classList.add("target");
}

async function finish(event) {
  if (!carried) return;
  const { entry, from, far, over } = carried;
  carried = null;
  if (!far) return;
  ended = event.timeStamp;
  over?.classList.remove("target");
  if (over && event.type === "pointerup") {
    const by = minutesBetween(`${from}T00:00`, `${over.dataset.day}T00:00`);
    if (by) await move(entry.dataset.id, shifted(entry.dataset.start, by), shifted(entry.dataset.end, by));
  }
  entry.classList.remove("held");
  resume();
}

function make(event) {
  if (ended && event.timeStamp - ended < 50) {
    event.preventDefault();
    return;
  }
  if (!event.target.matches(PLACES) || matchMedia("(max-width: 700px)").matches) return;
  const address = new URL(grid.dataset.new, location.href);
  address.searchParams.set("day", event.target.dataset.day);
  if (event.target.matches(".lane-cell")) address.searchParams.set("start", event.target.dataset.day);
  open(address.href);
}

export function startCarrying() {
  grid.addEventListener("pointerdown", begin);
  window.addEventListener("pointermove", follow);
  window.addEventListener("pointerup", finish);
  window.addEventListener("pointercancel", finish);
  grid.addEventListener("click", make, { capture: true });
}
