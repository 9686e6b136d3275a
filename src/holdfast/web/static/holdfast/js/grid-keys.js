// Arrows walk through the bookings of the grid: left and right in a row, up and down to the nearest of the next row.
export function walkGrid(grid) {
  grid.addEventListener("keydown", (event) => {
    const here = event.target.closest(".ec-event");
    const step = STEPS[event.key];
    if (!here || !step) return;
    event.preventDefault();
    next(grid, here, step)?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (!STEPS[event.key] || document.activeElement !== document.body) return;
    const first = bookings(grid)[0];
    if (!first) return;
    event.preventDefault();
    first.focus();
  });
}

const STEPS = {
  ArrowLeft: { along: -1, across: 0 },
  ArrowRight: { along: 1, across: 0 },
  ArrowUp: { along: 0, across: -1 },
  ArrowDown: { along: 0, across: 1 },
};

function next(grid, here, { along, across }) {
  const from = middle(here);
  const others = bookings(grid)
    .filter((other) => other !== here)
    .map((other) => ({ other, at: middle(other) }))
    .filter(({ at }) => (along ? isSameRow(at, from) && (at.x - from.x) * along > 0 : (at.y - from.y) * across > from.height / 2));
  const cost = ({ at }) => (along ? Math.abs(at.x - from.x) : Math.abs(at.y - from.y) * 1000 + Math.abs(at.x - from.x));
  return others.sort((one, two) => cost(one) - cost(two))[0]?.other;
}

function bookings(grid) {
  return [...grid.querySelectorAll(".ec-event[data-booking]")];
}

function middle(element) {
  const box = element.getBoundingClientRect();
  return { x: box.left, y: box.top + box.height / 2, height: box.height };
}

function isSameRow(one, two) {
  return Math.abs(one.y - two.y) < two.height / 2;
}
