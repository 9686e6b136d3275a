// Asks the server every two seconds whether anything has changed: one small request, answered 304 while nothing has.
// Pauses while the page is hidden, slows down while the server cannot be reached, and says how old the page is then.
const PERIOD_MS = 2_000;
const PERIOD_MAX_MS = 30_000;

export function watchChanges(body) {
  const watch = { url: body.dataset.cursor, tag: body.dataset.cursorTag, wait: PERIOD_MS, since: Date.now(), timer: 0 };
  const ask = async () => {
    clearTimeout(watch.timer);
    if (document.hidden) return;
    const goesOn = await askOnce(watch);
    if (goesOn) watch.timer = setTimeout(ask, watch.wait);
  };
  document.addEventListener("visibilitychange", () => document.hidden || ask());
  window.addEventListener("online", ask);
  watch.timer = setTimeout(ask, watch.wait);
}

async function askOnce(watch) {
  try {
    const answer = await fetch(watch.url, {
      headers: { "If-None-Match": watch.tag, Accept: "application/json" },
      credentials: "same-origin",
      redirect: "manual",
      cache: "no-store",
    });
    if (answer.status === 401 || answer.type === "opaqueredirect") return signedOut();
    if (!answer.ok && answer.status !== 304) throw new Error(String(answer.status));
    reached(watch, answer);
  } catch {
    lost(watch);
  }
  return true;
}

function reached(watch, answer) {
  watch.wait = PERIOD_MS;
  watch.since = Date.now();
  document.getElementById("offline").hidden = true;
  if (answer.status === 304) return;
  watch.tag = answer.headers.get("ETag");
  document.body.dispatchEvent(new CustomEvent("holdfast:changed"));
}

function lost(watch) {
  watch.wait = Math.min(watch.wait * 2, PERIOD_MAX_MS);
  const note = document.getElementById("offline");
  note.hidden = false;
  note.querySelector("[data-age]").textContent = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" }).format(
    watch.since,
  );
}

function signedOut() {
  document.getElementById("signed-out").hidden = false;
  return false;
}
