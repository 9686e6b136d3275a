// Keeps the parts of a page fresh: asks the server for a part, and swaps it only where its text changed.

const EVERY_MS = 1500;
const TRIES_BEFORE_SAYING = 3;
const tags = new Map();
let paused = 0;
let failed = 0;

// A page that answers a form stands at the form's address; its parts are those of the page it belongs to.
const here = () => document.querySelector("[data-at]")?.dataset.at ?? location.href;

export const pause = () => { paused += 1; };
export const resume = () => { paused = Math.max(0, paused - 1); };

// The part's markup at an address, whatever was seen there before.
export async function ask(name, address) {
  const answer = await fetch(address, { headers: { "X-Part": name }, cache: "no-store" });
  if (!answer.ok) throw new Error(`the simulator answered ${answer.status}`);
  return answer.text();
}

// The part's markup on this page, or null where nothing changed since the last time.
async function askForChange(name) {
  const headers = { "X-Part": name };
  const address = here();
  const key = `${name} ${address}`;
  if (tags.has(key)) headers["If-None-Match"] = tags.get(key);
  const answer = await fetch(address, { headers, cache: "no-store" });
  if (answer.status === 304) return null;
  if (!answer.ok) throw new Error(`the simulator answered ${answer.status}`);
  tags.set(key, answer.headers.get("ETag"));
  return answer.text();
}

export async function refresh(name, { now = false } = {}) {
  const element = document.querySelector(`[data-part="${name}"]`);
  if (now) tags.clear();
  const markup = await askForChange(name);
  if (markup === null || (paused && !now)) {
    if (markup !== null) tags.clear();
    return;
  }
  swap(element, markup);
}

// Replaces the content without losing the place: scroll positions and the focused entry stay.
export function swap(element, markup) {
  // A list that somebody is choosing from stays as it is until they are done.
  if (element.contains(document.activeElement) && document.activeElement.matches("select")) return;
  const scrolled = element.querySelector(".scroll, .wide");
  const top = scrolled ? scrolled.scrollTop : 0;
  const held = element.contains(document.activeElement) ? document.activeElement.dataset.id : undefined;
  element.innerHTML = markup;
  const fresh = element.querySelector(".scroll, .wide");
  if (fresh) fresh.scrollTop = top;
  if (held) element.querySelector(`[data-id="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
  element.dispatchEvent(new CustomEvent("swapped", { bubbles: true }));
}

export function keepFresh(names, say) {
  const round = async () => {
    try {
      if (!document.hidden && !paused) for (const name of names) await refresh(name);
      if (failed >= TRIES_BEFORE_SAYING) say("The simulator answers again.");
      failed = 0;
    } catch {
      failed += 1;
      if (failed === TRIES_BEFORE_SAYING) say("The simulator does not answer. What you see may be old.");
    }
    setTimeout(round, EVERY_MS);
  };
  setTimeout(round, EVERY_MS);
}
