// The operator's page: every panel is asked for again while the page is looked at.

import { keepFresh } from "./parts.js";
import { say } from "./said.js";

const names = [...document.querySelectorAll("[data-part]")].map((element) => element.dataset.part);
if (names.length) keepFresh(names, say);
