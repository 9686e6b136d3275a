// Says at once that a form has been taken, keeps it from being sent twice, and shows what the server answered elsewhere.
const NOTE_MS = 8_000;

export function watchForms() {
  document.addEventListener("submit", (event) => {
    const button = event.submitter ?? event.target.querySelector("button:not([type=button])");
    if (!button || event.target.method === "get") return;
    requestAnimationFrame(() => {
      button.disabled = true;
      button.dataset.said = button.textContent;
      button.textContent = button.dataset.busy || button.textContent;
    });
  });
  document.addEventListener("htmx:afterRequest", (event) => giveBack(event.target));
  window.addEventListener("pageshow", () => giveBack(document));
  document.body.addEventListener("holdfast:said", (event) => say(event.detail.value ?? event.detail));
  document.addEventListener("htmx:sendError", () => say("The server could not be reached. Nothing was saved; try again."));
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
    if (event.target.matches("[data-shows]")) showParts(event.target);
  });
}

function giveBack(root) {
  for (const button of root.querySelectorAll?.("button[data-said]") ?? []) {
    button.disabled = false;
    button.textContent = button.dataset.said;
    delete button.dataset.said;
  }
}

// A tick that hides what it makes pointless, as "all day" hides the times.
function showParts(tick) {
  for (const part of tick.form.querySelectorAll(".timed")) part.hidden = tick.checked;
  for (const part of tick.form.querySelectorAll(".whole")) part.hidden = !tick.checked;
}

export function say(sentence) {
  const note = document.createElement("p");
  note.className = "banner care";
  note.textContent = sentence;
  document.getElementById("notes").append(note);
  setTimeout(() => note.remove(), NOTE_MS);
}
