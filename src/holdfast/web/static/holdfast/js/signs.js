// A touch on a sync sign shows its sentence; a mouse and the keyboard need no script for it.
export function watchSigns() {
  document.addEventListener("click", (event) => {
    const sign = event.target.closest(".sign[tabindex]");
    if (!sign) return;
    event.preventDefault();
    sign.focus();
  });
}
