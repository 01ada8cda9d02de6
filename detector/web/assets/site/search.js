// Finds aircraft, alerts and fields by what one knows of them.
// @ts-check
import { ask } from "./ask.js";
import { byId, make } from "./dom.js";
import { putFields } from "./places.js";
import { shownFleet, state } from "./state.js";
import { headline, nameOf } from "./words.js";

const MOST_EACH = 6;
const input = /** @type {HTMLInputElement} */ (byId("search"));
const list = byId("found");
/** @type {{words: string, detail: string, go: () => void}[]} */
let found = [];
let at = -1;

/** @param {{alert: (id: string) => void, aircraft: (id: string) => void, field: (field: any) => void}} choose */
export function startSearch(choose) {
  input.addEventListener("input", () => { look(choose); draw(); });
  input.addEventListener("focus", () => { look(choose); draw(); });
  input.addEventListener("blur", () => setTimeout(hide, 150)); // a click on a result comes first
  input.addEventListener("keydown", async (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      at = Math.max(0, Math.min(found.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)));
      draw();
      event.preventDefault();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!found.length) await byCode(choose);
      found[Math.max(0, at)]?.go();
      if (found.length) input.blur();
    } else if (event.key === "Escape") {
      input.value = "";
      hide();
      input.blur();
      event.stopPropagation();
    }
  });
}

export function focusSearch() {
  input.focus();
  input.select();
}

/** A field that is not on the map yet, by its whole code. @param {any} choose */
async function byCode(choose) {
  const code = input.value.trim().toUpperCase();
  if (!/^[A-Z0-9-]{3,12}$/.test(code)) return;
  const { items } = await ask(`/api/v1/airports?code=${encodeURIComponent(code)}`).catch(() => ({ items: [] }));
  putFields(items);
  look(choose);
  draw();
}

/** @param {any} choose */
function look(choose) {
  const wanted = input.value.trim().toLowerCase();
  found = [];
  at = -1;
  if (!wanted) return;
  const has = (/** @type {any[]} */ ...words) => words.some((word) => word && String(word).toLowerCase().includes(wanted));
  const first = (/** @type {Iterable<any>} */ all, /** @type {(one: any) => boolean} */ test) => {
    const hits = [];
    for (const one of all) if (test(one) && hits.push(one) >= MOST_EACH) break;
    return hits;
  };
  for (const one of first(shownFleet().values(), (a) => has(a.registration, a.callsign, a.icao24))) {
    const detail = [one.callsign, one.type_code, one.icao24].filter(Boolean).join(" \u00b7 ");
    found.push({ words: nameOf(one), detail: `aircraft \u00b7 ${detail}`, go: () => choose.aircraft(one.icao24) });
  }
  const alerts = first(state.alerts.values(), ({ stop, airport_name: name }) =>
    has(stop.registration, stop.callsign_in, stop.callsign_out, stop.icao24, stop.airport, name));
  for (const one of alerts) found.push({ words: headline(one), detail: "alert", go: () => choose.alert(one.id) });
  for (const one of first(state.fields.values(), (f) => has(f.code, f.iata, f.name, f.place))) {
    const detail = `field \u00b7 ${one.code}${one.listed ? " \u00b7 listed" : ""}`;
    found.push({ words: one.name, detail, go: () => choose.field(one) });
  }
}

function draw() {
  const open = input.value.trim() !== "";
  list.hidden = !open;
  input.setAttribute("aria-expanded", String(open));
  if (!found.length) {
    list.replaceChildren(make("li", { class: "none" }, "Nothing on the map. Enter looks for a field of that code."));
    input.removeAttribute("aria-activedescendant");
    return;
  }
  list.replaceChildren(...found.map((one, i) => {
    const item = make("li", { role: "option", id: `found${i}`, "aria-selected": String(i === at) },
      make("span", {}, one.words), make("span", { class: "detail" }, one.detail));
    item.addEventListener("mousedown", (event) => { event.preventDefault(); one.go(); hide(); input.blur(); });
    return item;
  }));
  if (at >= 0) input.setAttribute("aria-activedescendant", `found${at}`);
  else input.removeAttribute("aria-activedescendant");
}

function hide() {
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
}
