// The one seam to the calendar widget: nothing else knows its name. Times go in and out as wall clock of the rooms' zone.
import { sameWall, wallClock } from "./when.js";

const NOW_MS = 30_000;
const SLOT_WIDTH = 34;
const STEP = "00:15";
const PLACE = "place:";

export function mountDay(element, data, handlers) {
  const mounted = mount(element, data, handlers, {
    view: "resourceTimelineDay",
    slotDuration: "00:30",
    slotWidth: SLOT_WIDTH,
    resources: rows(data),
    resourceLabelContent: ({ resource }) => ({ domNodes: [rowName(resource)] }),
  });
  const fit = () => mounted.fit(element, data);
  new ResizeObserver(fit).observe(element);
  return mounted;
}

export function mountWeek(element, data, handlers) {
  return mount(element, data, handlers, { view: "timeGridWeek", firstDay: 1, slotHeight: 26, allDaySlot: true });
}

function mount(element, data, handlers, options) {
  const state = { data, open: "" };
  const zone = data.zone;
  const local = sameWall(zone);
  const calendar = window.EventCalendar.create(element, {
    date: data.day,
    headerToolbar: { start: "", center: "", end: "" },
    events: events(data, zone, local),
    slotMinTime: data.opens,
    slotMaxTime: data.closes,
    scrollTime: data.opens,
    snapDuration: STEP,
    nowIndicator: local,
    selectable: data.may_book,
    editable: data.may_book,
    eventClassNames: ({ event }) => [...(event.extendedProps.classes ?? []), event.id === state.open ? "is-open" : ""],
    eventContent: ({ event }) => (event.display === "background" ? "" : { domNodes: [eventLine(event)] }),
    eventDidMount: ({ el, event }) => describe(el, event),
    eventClick: ({ event, el }) => event.extendedProps.version && handlers.open(event.id, el),
    eventDrop: (info) => moved(info, handlers, state),
    eventResize: (info) => moved(info, handlers, state),
    select: (info) => {
      const resource = info.resource?.id ?? data.resource;
      calendar.unselect();
      if (!resource.startsWith(PLACE)) handlers.create({ resource, zone, start: minute(info.startStr), end: minute(info.endStr) });
    },
    ...options,
  });
  const draw = () => keepFocus(element, () => calendar.setOption("events", events(state.data, zone, local)));
  if (!local) setInterval(draw, NOW_MS);
  return {
    show(fresh) {
      state.data = fresh;
      draw();
    },
    fit(frame, span) {
      const width = fittingWidth(frame, span);
      if (width !== calendar.getOption("slotWidth")) calendar.setOption("slotWidth", width);
    },
    mark(id) {
      state.open = id;
      draw();
    },
  };
}

function moved({ event, newResource, revert }, handlers, state) {
  const resource = newResource?.id ?? event.resourceIds[0] ?? state.data.resource;
  if (resource.startsWith(PLACE)) return revert();
  const { version } = event.extendedProps;
  const { zone } = state.data;
  return handlers.move({ id: event.id, resource, zone, start: local(event.start), end: local(event.end), version });
}

function events(data, zone, isLocal) {
  const now = wallClock(new Date(), zone);
  const line = isLocal
    ? []
    : [{ id: "now", start: now, end: now.slice(0, 16) + ":59", display: "background", resourceIds: data.rows, extendedProps: { classes: ["is-now"] } }];
  return [...data.events, ...line];
}

function rows(data) {
  return data.places.map(({ id, title, resources }) => ({ id: PLACE + id, title, expanded: true, children: resources }));
}

// Wide screens get the whole day without scrolling; narrow ones keep slots that a finger can hit.
function fittingWidth(element, data) {
  const slots = (Number(data.closes.slice(0, 2)) - Number(data.opens.slice(0, 2))) * 2;
  const names = element.querySelector(".ec-sidebar")?.offsetWidth ?? 0;
  return Math.max(SLOT_WIDTH, (element.clientWidth - names - 2) / slots);
}

function rowName(resource) {
  const name = document.createElement("span");
  name.className = "row-name";
  if (resource.id.startsWith(PLACE)) {
    name.classList.add("place");
    name.textContent = resource.title;
    return name;
  }
  name.append(Object.assign(document.createElement("a"), { href: `/calendar/${resource.id}`, textContent: resource.title }));
  const hint = resource.extendedProps.hint;
  if (hint) name.append(Object.assign(document.createElement("span"), { className: "quiet", textContent: hint }));
  return name;
}

function eventLine(event) {
  const line = Object.assign(document.createElement("span"), { className: "event-line" });
  const { mark } = event.extendedProps;
  if (mark) line.append(Object.assign(document.createElement("span"), { className: "dot", textContent: mark, ariaHidden: "true" }));
  line.append(Object.assign(document.createElement("bdi"), { className: "event-title", textContent: event.title }));
  return line;
}

function describe(element, event) {
  if (event.display === "background") return;
  element.title = event.extendedProps.sentence;
  element.setAttribute("aria-label", event.extendedProps.sentence);
  element.dataset.booking = event.id;
}

function keepFocus(element, draw) {
  const held = element.contains(document.activeElement) ? document.activeElement.dataset.booking : "";
  draw();
  if (held) requestAnimationFrame(() => element.querySelector(`[data-booking="${CSS.escape(held)}"]`)?.focus());
}

const two = (number) => String(number).padStart(2, "0");
const minute = (text) => text.slice(0, 16);
const local = (at) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
