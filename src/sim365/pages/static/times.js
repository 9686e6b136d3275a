// Wall-clock times as "2026-03-02T09:30", reckoned without any zone: the server knows the mailbox's zone.

const two = (number) => String(number).padStart(2, "0");

export const SNAP_MINUTES = 15;
export const DAY_MINUTES = 24 * 60;

const parsed = (text) => new Date(`${text}Z`);
const written = (date) => date.toISOString().slice(0, 16);

export const shifted = (text, minutes) => written(new Date(parsed(text).getTime() + minutes * 60000));
export const minutesBetween = (start, end) => (parsed(end) - parsed(start)) / 60000;
export const at = (day, minute) => shifted(`${day}T00:00`, minute);
export const clock = (minute) => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
export const snapped = (minute) => Math.round(minute / SNAP_MINUTES) * SNAP_MINUTES;
