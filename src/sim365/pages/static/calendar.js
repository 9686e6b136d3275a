// The mailbox page: scrolled to the working day, fresh, draggable, usable by keyboard and with a list that can be searched.

import { startCarrying } from "./carry.js";
import { startCopying } from "./copying.js";
import { close, open } from "./drawer.js";
import { startDragging } from "./drag.js";
import "./guests.js";
import { startKeys } from "./keys.js";
import { keepFresh } from "./parts.js";
import { say } from "./said.js";

const MORNING = 7.5 / 24;
const PLACE = "sim365 scrolled to";

const scrolled = () => document.querySelector(".scroll");

function scrollToMorning() {
  const kept = Number(sessionStorage.getItem(PLACE));
  const box = scrolled();
  if (box) box.scrollTop = kept || box.scrollHeight * MORNING;
}

window.addEventListener("pagehide", () => {
  if (scrolled()) sessionStorage.setItem(PLACE, String(scrolled().scrollTop));
});

// A tick or another zone shows the same page anew; who used it by keyboard stays where they were.
const HELD = "sim365 held";
const hold = (element) => sessionStorage.setItem(HELD, element.id);

function takeUp() {
  document.getElementById(sessionStorage.getItem(HELD) ?? "")?.focus({ preventScroll: true });
  sessionStorage.removeItem(HELD);
}

document.addEventListener("click", (event) => {
  const tick = event.target.closest(".calendar-tick");
  if (tick) hold(tick);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== " " || !event.target.matches(".calendar-tick")) return;
  event.preventDefault();
  event.target.click();
});

document.getElementById("zone").addEventListener("change", (event) => {
  hold(event.target);
  event.target.form.requestSubmit();
});

function search(event) {
  const wanted = event.target.value.trim().toLocaleLowerCase();
  for (const item of document.querySelectorAll(".rail li")) item.hidden = !item.textContent.toLocaleLowerCase().includes(wanted);
  for (const group of document.querySelectorAll(".rail .group")) group.hidden = !group.querySelector("li:not([hidden])");
}

function goToFirst(event) {
  if (event.key === "Enter") document.querySelector(".rail li:not([hidden]) a")?.click();
}

// On a wide screen the list of mailboxes is always open; on a narrow one it opens by its summary.
const wide = matchMedia("(min-width: 1101px)");
const fitRail = () => { document.querySelector(".all").open = wide.matches; };

wide.addEventListener("change", fitRail);
fitRail();
if (wide.matches) document.querySelector(".rail li [aria-current]")?.scrollIntoView({ block: "center" });
scrollToMorning();
takeUp();
document.getElementById("find").addEventListener("input", search);
document.getElementById("find").addEventListener("keydown", goToFirst);
window.addEventListener("popstate", () => {
  const asked = new URL(location.href).searchParams;
  if (asked.has("form")) open(location.href, { push: false });
  else close({ push: false });
});
startDragging();
startCarrying();
startCopying();
startKeys();
keepFresh(["reminders", "grid"], say);
