// One line that tells what happened, read aloud by screen readers too.

const SHOWN_MS = 6000;
let timer = 0;

export function say(sentence) {
  const line = document.getElementById("said");
  line.textContent = sentence;
  clearTimeout(timer);
  timer = setTimeout(() => { line.textContent = ""; }, SHOWN_MS);
}
