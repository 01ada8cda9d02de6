// The map: land, painters above it, and what a pointer finds there.
// @ts-check
import { paintAircraft } from "./aircraft_painter.js";
import { ask } from "./ask.js";
import { canvasLayer } from "./canvas_layer.js";
import { extent, paintCase } from "./case_painter.js";
import { byId, make } from "./dom.js";
import { fits } from "./filters.js";
import { landRings } from "./land_data.js";
import { landLayer } from "./land_layer.js";
import { paintPlaces } from "./place_painter.js";
import { putFields } from "./places.js";
import { begun, on, shownFleet, state } from "./state.js";
import { amount, headline, nameOf } from "./words.js";

const L = /** @type {any} */ (window).L;
const NEAR_PX = 14;
const FIELDS_FROM_ZOOM = 7;
const CLOSE_ZOOM = 8;

/** @param {{choose: (kind: "alert" | "aircraft", id: string) => void}} hooks */
export async function startMap({ choose }) {
  const holder = byId("map");
  const map = L.map(holder, {
    center: [35, 30], zoom: 3, minZoom: 2, maxZoom: 16, zoomControl: false, attributionControl: false,
    worldCopyJump: true, maxBoundsViscosity: 1, maxBounds: [[-85.06, -Infinity], [85.06, Infinity]],
  });
  L.control.zoom({ position: "topright" }).addTo(map);
  L.control.scale({ position: "bottomright", imperial: false }).addTo(map);
  const over = canvasLayer([paintPlaces, paintCase, paintAircraft]);
  over.addTo(map);
  tiles(map);
  for (const topic of ["fleet", "alerts", "stops", "fields", "time", "filters", "selected", "way"]) on(topic, () => over.ask());
  document.addEventListener("themechange", () => over.ask());
  on("fleet", firstView(map));
  map.on("moveend", () => fieldsInView(map));
  pointer(map, over, choose);
  landRings(document.body.dataset.land ?? "").then((rings) => landLayer(rings).addTo(map));

  return {
    /** @param {{latitude_deg: number, longitude_deg: number}} place */
    goTo(place) {
      map.setView([place.latitude_deg, place.longitude_deg], Math.max(map.getZoom(), CLOSE_ZOOM));
    },
    /** All of the way of what is selected. */
    showWay() {
      const box = extent();
      if (!box) return;
      const corner = (/** @type {number} */ x, /** @type {number} */ y) => map.unproject(L.point(x, y).multiplyBy(256), 0);
      const bounds = L.latLngBounds(corner(box.west, box.south), corner(box.east, box.north));
      map.fitBounds(bounds, { padding: [60, 60], maxZoom: 10 });
    },
  };
}

/** Pictures of another server, where the settings name one. @param {any} map */
function tiles(map) {
  const { tiles: url, tilesBy } = document.body.dataset;
  if (!url) return;
  L.tileLayer(url, { maxZoom: 16 }).addTo(map).bringToFront();
  byId("credit").append(make("span", {}, ` ${tilesBy ?? ""}`));
}

/** Once, and not if somebody has moved it: where most of what is heard is. @param {any} map */
function firstView(map) {
  let done = false;
  map.on("mousedown touchstart wheel keydown", () => { done = true; });
  return () => {
    if (done || !state.fleet.size || state.selected) return;
    const placed = [...state.fleet.values()].filter((a) => a.mx !== undefined);
    if (!placed.length) return;
    done = true;
    const share = (/** @type {number[]} */ values, /** @type {number} */ part) => values[Math.floor(part * (values.length - 1))];
    const lats = placed.map((a) => /** @type {number} */ (a.latitude_deg)).sort((a, b) => a - b);
    const lons = placed.map((a) => /** @type {number} */ (a.longitude_deg)).sort((a, b) => a - b);
    const bounds = [[share(lats, 0.02), share(lons, 0.02)], [share(lats, 0.98), share(lons, 0.98)]];
    map.fitBounds(bounds, { padding: [30, 30], maxZoom: 8, animate: false });
  };
}

/** Fields of the table, from near. @param {any} map */
async function fieldsInView(map) {
  if (map.getZoom() < FIELDS_FROM_ZOOM) return;
  const box = map.getBounds();
  const clip = (/** @type {number} */ v, /** @type {number} */ most) => Math.max(-most, Math.min(most, v)).toFixed(3);
  const words = [clip(box.getSouth(), 85), clip(box.getWest(), 180), clip(box.getNorth(), 85), clip(box.getEast(), 180)];
  const told = await ask(`/api/v1/airports?limit=500&bbox=${words.join(",")}`).catch(() => null);
  if (told) putFields(told.items.filter((/** @type {any} */ f) => !f.closed && f.longest_runway_ft));
}

/** @param {any} map @param {any} over @param {(kind: "alert" | "aircraft", id: string) => void} choose */
function pointer(map, over, choose) {
  const label = make("div", { class: "label", hidden: "hidden" });
  byId("map").append(label);
  map.on("mousemove", (/** @type {any} */ event) => {
    const hit = nearest(over, event);
    label.hidden = hit === null;
    map.getContainer().classList.toggle("pointing", hit !== null);
    if (hit === null) return;
    label.textContent = hit.words;
    const right = event.containerPoint.x > map.getSize().x - 240;
    label.style.transform = `translate(${event.containerPoint.x + (right ? -12 : 14)}px, ${event.containerPoint.y + 12}px)${right ? " translateX(-100%)" : ""}`;
  });
  map.on("mouseout", () => { label.hidden = true; });
  map.on("click", (/** @type {any} */ event) => {
    const hit = nearest(over, event);
    if (hit) choose(hit.kind, hit.id);
  });
}

/** @param {any} over @param {any} event */
function nearest(over, event) {
  const [px, py] = over.pointOf(event);
  /** @type {{kind: "alert" | "aircraft", id: string, words: string} | null} */
  let best = null;
  let least = NEAR_PX ** 2;
  const take = (/** @type {number} */ mx, /** @type {number} */ my, /** @type {() => any} */ made) => {
    const [x, y] = over.at(mx, my);
    const squared = (x - px) ** 2 + (y - py) ** 2;
    if (squared < least) {
      least = squared;
      best = made();
    }
  };
  for (const alert of state.alerts.values()) {
    const field = state.fields.get(alert.stop.airport);
    if (field && begun(alert.stop) && fits(alert)) take(field.mx, field.my, () => ({ kind: "alert", id: alert.id, words: headline(alert) }));
  }
  for (const one of shownFleet().values()) {
    if (one.mx === undefined) continue;
    take(one.mx, one.my, () => ({
      kind: "aircraft", id: one.icao24,
      words: [nameOf(one), one.type_code, amount(one.altitude_baro_ft, "ft")].filter(Boolean).join(" \u00b7 "),
    }));
  }
  return best;
}
