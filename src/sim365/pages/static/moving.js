// Sends an entry's new time, and shows at once where it went; a refusal puts it back and says why.

import { refresh } from "./parts.js";
import { say } from "./said.js";

const grid = document.getElementById("grid");

export async function move(id, start, end) {
  const body = new URLSearchParams({ start, end });
  let answer;
  try {
    answer = await fetch(`${grid.dataset.move}/${encodeURIComponent(id)}/time${location.search}`, { method: "POST", body });
  } catch {
    say("The simulator does not answer; the entry was not moved.");
    return false;
  }
  const sentence = await answer.text();
  const days = start.endsWith("T00:00") && end.endsWith("T00:00");
  say(answer.ok ? (days ? `Moved to ${start.slice(0, 10)}.` : `Moved to ${start.slice(11)}–${end.slice(11)}.`) : sentence);
  await refresh("grid", { now: true });
  return answer.ok;
}
