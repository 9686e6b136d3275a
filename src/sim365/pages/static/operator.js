// The operator's page: every panel is asked for again while the page is looked at; lists can be searched.

import { keepFresh } from "./parts.js";
import { say } from "./said.js";

const names = [...document.querySelectorAll("[data-part]")].map((element) => element.dataset.part);
if (names.length) keepFresh(names, say);

// Shows only the items of a list that hold what stands in its search field.
function narrow(field) {
  const list = document.getElementById(field.dataset.filters);
  const wanted = field.value.trim().toLocaleLowerCase();
  for (const item of list?.children ?? []) item.hidden = !item.textContent.toLocaleLowerCase().includes(wanted);
}

document.addEventListener("input", (event) => {
  if (event.target.dataset.filters) narrow(event.target);
});
// Whoever typed before this script was there, or came back to a page with a word in the field, is answered now.
document.querySelectorAll("[data-filters]").forEach(narrow);
