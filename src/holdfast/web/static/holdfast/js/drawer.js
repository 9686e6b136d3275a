// Opens details at the right and keeps the place: the address of the drawer stands in the page's own address, so it
// can be sent to a colleague, and the back button closes what was opened.
const SHOWN_IN_DRAWER = /^\/(bookings|conflicts|resources|keys)(\/|\?|$)/;
let opener = null;

export function watchDrawer() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-drawer]");
    if (link && isPlain(event) && drawer()) {
      event.preventDefault();
      openDrawer(link.getAttribute("href"), link);
    } else if (event.target.closest("[data-close]") && drawer()?.contains(event.target)) {
      event.preventDefault();
      closeDrawer();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && drawer()?.firstElementChild) closeDrawer();
  });
  window.addEventListener("popstate", showAddress);
  document.addEventListener("htmx:afterSettle", focusInside);
  if (drawer() && wanted()) showAddress();
}

export function openDrawer(path, from) {
  opener = from ?? document.activeElement;
  const address = new URL(location.href);
  address.searchParams.set("drawer", path);
  history.pushState(null, "", address);
  showAddress();
}

export function closeDrawer() {
  const address = new URL(location.href);
  address.searchParams.delete("drawer");
  history.pushState(null, "", address);
  showAddress();
  if (opener?.isConnected) opener.focus();
}

// What stands in the drawer now, "" for nothing.
export function wanted() {
  const path = new URL(location.href).searchParams.get("drawer") ?? "";
  return SHOWN_IN_DRAWER.test(path) ? path : "";
}

function showAddress() {
  const path = wanted();
  if (!drawer()) return;
  document.body.dispatchEvent(new CustomEvent("holdfast:drawer", { detail: path }));
  if (path) window.htmx.ajax("GET", path, { target: "#drawer", swap: "innerHTML" });
  else drawer().replaceChildren();
}

function focusInside(event) {
  if (event.detail.elt.id !== "drawer") return;
  const find = (what) => drawer().querySelector(what);
  const heading = find("h1, h2");
  heading?.setAttribute("tabindex", "-1");
  const target = find("[aria-invalid=true]") ?? find("[autofocus]") ?? heading;
  target?.focus({ preventScroll: true });
}

function isPlain(event) {
  return event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
}

function drawer() {
  return document.getElementById("drawer");
}
