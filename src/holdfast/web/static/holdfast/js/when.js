// Writes each <time datetime> in the reader's own language and clock, in the room's zone, which is named where it is
// not the reader's. The server has already written a plain form for readers without script.
const MINUTE_MS = 60_000;
const NEAR_MS = 60 * MINUTE_MS;
const REFRESH_MS = 20_000;

const FORMS = {
  clock: { hour: "numeric", minute: "2-digit" },
  seconds: { hour: "numeric", minute: "2-digit", second: "2-digit" },
  day: { weekday: "short", day: "numeric", month: "short" },
  date: { weekday: "long", day: "numeric", month: "long", year: "numeric" },
  both: { weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit" },
};

export function formatTimes(root) {
  for (const element of root.querySelectorAll("time[data-form]")) write(element, new Date());
}

function write(element, now) {
  const instant = new Date(element.dateTime);
  if (Number.isNaN(instant.getTime())) return;
  const zone = element.dataset.zone || undefined;
  const form = element.dataset.form;
  element.title ||= full(instant, zone);
  element.textContent = form === "near" ? near(instant, now, zone) : plain(instant, FORMS[form], zone);
}

function plain(instant, options, zone) {
  const foreign = options.hour && zone && offset(instant, zone) !== offset(instant, undefined);
  return new Intl.DateTimeFormat(undefined, {
    ...options,
    timeZone: zone,
    ...(foreign ? { timeZoneName: "short" } : {}),
  }).format(instant);
}

function near(instant, now, zone) {
  const distance = instant - now;
  if (Math.abs(distance) > NEAR_MS) return plain(instant, FORMS.both, zone);
  const words = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });
  if (Math.abs(distance) < MINUTE_MS) return words.format(Math.round(distance / 1000), "second");
  return words.format(Math.round(distance / MINUTE_MS), "minute");
}

function full(instant, zone) {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long", timeZone: zone }).format(instant);
}

function offset(instant, zone) {
  return new Intl.DateTimeFormat("sv", { dateStyle: "short", timeStyle: "short", timeZone: zone }).format(instant);
}

// The wall clock of a zone as "2026-11-20T10:02", for a widget that knows no zones.
export function wallClock(instant, zone) {
  return new Intl.DateTimeFormat("sv", { dateStyle: "short", timeStyle: "medium", timeZone: zone })
    .format(instant)
    .replace(" ", "T");
}

export function sameWall(zone) {
  const now = new Date();
  return offset(now, zone) === offset(now, undefined);
}

setInterval(() => {
  for (const element of document.querySelectorAll('time[data-form="near"]')) write(element, new Date());
}, REFRESH_MS);
