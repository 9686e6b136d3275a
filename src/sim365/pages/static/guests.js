// Whom to invite: while times and ticks change, the server says anew who is free then.

import { say } from "./said.js";

const WAIT_MS = 250;
const ASKED_BY = ["start_day", "start_time", "end_day", "end_time", "all_day", "invite"];
let timer = 0;

async function refresh(form) {
  const part = form.querySelector('[data-part="guests"]');
  if (!part) return;
  let answer;
  try {
    answer = await fetch(form.dataset.guests, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  } catch {
    say("The simulator does not answer; who is free may have changed.");
    return;
  }
  if (!answer.ok || !form.isConnected) return;
  const open = new Set([...part.querySelectorAll("details[open]")].map((group) => group.dataset.group));
  const places = new Map([...part.querySelectorAll("details")].map((group) => [group.dataset.group, group.scrollTop]));
  const { name, value } = part.contains(document.activeElement) ? document.activeElement : {};
  const summary = document.activeElement.closest?.("summary")?.parentElement.dataset.group;
  part.innerHTML = await answer.text();
  for (const group of part.querySelectorAll("details")) {
    group.open = open.has(group.dataset.group);
    group.scrollTop = places.get(group.dataset.group) ?? 0;
    if (group.dataset.group === summary) group.querySelector("summary").focus({ preventScroll: true });
  }
  if (name) part.querySelector(`[name="${name}"][value="${CSS.escape(value)}"]`)?.focus({ preventScroll: true });
}

document.addEventListener("change", (event) => {
  const form = event.target.closest(".entry-form[data-guests]");
  if (!form || !ASKED_BY.includes(event.target.name)) return;
  clearTimeout(timer);
  timer = setTimeout(() => refresh(form), WAIT_MS);
});
