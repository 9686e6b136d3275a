// The operator's page: every panel is asked for again while the page is looked at; lists can be searched.

import { keepFresh } from "./parts.js";
import { say } from "./said.js";

const names = [...document.querySelectorAll("[data-part]")].map((element) => element.dataset.part);
if (names.length) keepFresh(names, say);

document.addEventListener("input", (event) => {
  const list = document.getElementById(event.target.dataset.filters ?? "");
  if (!list) return;
  const wanted = event.target.value.trim().toLocaleLowerCase();
  for (const item of list.children) item.hidden = !item.textContent.toLocaleLowerCase().includes(wanted);
});
