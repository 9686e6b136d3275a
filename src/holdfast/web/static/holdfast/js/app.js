// Starts what a page needs. Holds no state of its own: the server is asked again whenever something may have changed.
import { formatTimes } from "./when.js";
import { watchDrawer } from "./drawer.js";
import { watchKeys } from "./keys.js";
import { watchChanges } from "./live.js";
import { watchForms } from "./forms.js";
import { watchSigns } from "./signs.js";

document.documentElement.classList.add("has-script");
formatTimes(document);
document.addEventListener("htmx:afterSettle", (event) => formatTimes(event.detail.elt));
watchDrawer();
watchKeys();
watchForms();
watchSigns();
if (document.body.dataset.cursor) watchChanges(document.body);

const grid = document.querySelector("[data-spans]");
if (grid) {
  const { showGrid } = await import("./grid.js");
  await showGrid(grid);
}
