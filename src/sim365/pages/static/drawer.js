// Opens entries in the drawer: a link is still a link, and its address still shows the same drawer after a reload.

import { ask } from "./parts.js";
import { say } from "./said.js";

const drawer = document.getElementById("drawer");
let cameFrom = null;
let opening = 0;

// While a form is on its way, what is typed is meant for it and not for the page's keys.
export const isOpening = () => opening > 0;

export async function open(address, { push = true } = {}) {
  if (!drawer.contains(document.activeElement)) cameFrom = document.activeElement;
  opening += 1;
  try {
    drawer.innerHTML = await ask("drawer", address);
  } catch {
    say("The simulator does not answer; the entry could not be opened.");
    return;
  } finally {
    opening -= 1;
  }
  if (push) history.pushState({}, "", address);
  show();
}

export function openTemplate(template) {
  cameFrom = document.activeElement;
  drawer.replaceChildren(template.content.cloneNode(true));
  show();
}

export function close({ push = true } = {}) {
  if (drawer.hidden) return;
  drawer.hidden = true;
  if (push) history.pushState({}, "", drawer.dataset.close);
  const id = cameFrom?.dataset?.id;
  const back = id ? document.querySelector(`[data-id="${CSS.escape(id)}"]`) : cameFrom;
  (back ?? document.getElementById("new")).focus({ preventScroll: true });
}

function show() {
  drawer.hidden = false;
  const first = drawer.querySelector("input:enabled:not([type=checkbox], [type=hidden], [type=radio]), select:enabled, .button");
  first?.focus();
  first?.select?.();
}

// A follow-up link inside the drawer, such as Delete…, or an entry, or New.
document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const closes = event.target.closest("[data-closes]");
  if (closes) {
    event.preventDefault();
    close();
    return;
  }
  const link = event.target.closest("a.entry, a.message, #new, #new-calendar, #drawer a.button");
  if (!link) return;
  event.preventDefault();
  open(link.href);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
  if (event.key === "Tab" && isOver()) keepInside(event);
});

// Where the drawer lies over the page, as on a phone, Tab stays inside it.
const isOver = () => !drawer.hidden && getComputedStyle(drawer).position === "fixed";

function keepInside(event) {
  const stops = [...drawer.querySelectorAll("a[href], button, input, select, textarea, summary")].filter(
    (element) => !element.matches(":disabled, [type=hidden]") && element.offsetParent !== null,
  );
  const [first, last] = [stops[0], stops.at(-1)];
  const at = document.activeElement;
  if (event.shiftKey ? at === first || !drawer.contains(at) : at === last || !drawer.contains(at)) {
    event.preventDefault();
    (event.shiftKey ? last : first)?.focus();
  }
}

// What cannot be undone asks once more, with the counts.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-asks]");
  if (!button || button.dataset.asked) return;
  event.preventDefault();
  button.dataset.asked = "yes";
  button.textContent = button.dataset.asks;
});

// A start that moves takes the end along, so that the length stays until the end itself is changed.
document.addEventListener("change", (event) => {
  const form = event.target.closest(".entry-form");
  if (!form || !["start_day", "start_time"].includes(event.target.name)) return;
  const [day, time, endDay, endTime] = ["start_day", "start_time", "end_day", "end_time"].map((name) => form.elements[name]);
  const before = new Date(`${day.defaultValue}T${time.defaultValue}`);
  const after = new Date(`${day.value}T${time.value}`);
  const end = new Date(new Date(`${endDay.value}T${endTime.value}`).getTime() + (after - before));
  if (Number.isNaN(end.getTime())) return;
  const two = (number) => String(number).padStart(2, "0");
  endDay.value = `${end.getFullYear()}-${two(end.getMonth() + 1)}-${two(end.getDate())}`;
  endTime.value = `${two(end.getHours())}:${two(end.getMinutes())}`;
  day.defaultValue = day.value;
  time.defaultValue = time.value;
});
