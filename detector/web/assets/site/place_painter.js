// Fields with their runways, and the stops made there: a full ring where one was seen, a broken one where inferred.
// @ts-check
import { write } from "./aircraft_painter.js";
import { colour } from "./colours.js";
import { fits } from "./filters.js";
import { toX, toY } from "./mercator.js";
import { fieldInFull } from "./places.js";
import { Room } from "./room.js";
import { begun, state } from "./state.js";

const NAMED_FROM_ZOOM = 6;
const RUNWAYS_FROM_ZOOM = 10;
const MOST_WITH_RUNWAYS = 12;
const WORTH = /** @type {Record<string, number>} */ ({ low: 1, medium: 2, high: 3 });

/** The gravest alert that is shown at each field, and those there are stops at. */
function byField() {
  /** @type {Map<string, any>} */
  const alerts = new Map();
  for (const alert of state.alerts.values()) {
    const code = alert.stop.airport;
    if (!code || !begun(alert.stop) || !fits(alert)) continue;
    const known = alerts.get(code);
    if (!known || WORTH[alert.severity] > WORTH[known.severity]) alerts.set(code, alert);
  }
  const stops = new Set();
  for (const stop of state.stops.values()) if (stop.airport && stop.status !== "retracted" && begun(stop)) stops.add(stop.airport);
  return { alerts, stops };
}

/** @param {import("./canvas_layer.js").Sheet} sheet */
export function paintPlaces(sheet) {
  const { context, zoom, width, height, at } = sheet;
  const { alerts, stops } = byField();
  let withRunways = 0;
  const room = new Room();
  context.font = "11px system-ui, sans-serif";
  // What matters most is named first.
  const fields = [...state.fields.values()].sort((a, b) => rank(alerts, b) - rank(alerts, a));
  for (const field of fields) {
    const alert = alerts.get(field.code);
    if (!(field.listed || alert || stops.has(field.code) || zoom >= NAMED_FROM_ZOOM + 1)) continue;
    const [x, y] = at(field.mx, field.my);
    if (x < -20 || y < -20 || x > width + 20 || y > height + 20) continue;
    if (zoom >= RUNWAYS_FROM_ZOOM && withRunways < MOST_WITH_RUNWAYS) {
      runways(sheet, field.code);
      withRunways += 1;
    }
    mark(context, field, x, y, zoom, stops.has(field.code));
    if (alert) ring(context, alert, x, y);
    if (alert ? zoom >= 4 : zoom >= NAMED_FROM_ZOOM) {
      const name = alert || zoom >= 8 ? `${field.place || field.name} (${field.code})` : field.code;
      const left = x + (alert ? 14 : 8);
      if (room.take(left, y - 7, context.measureText(name).width)) write(context, name, left, y - 7, alert ? "--ink" : "--soft");
    }
  }
}

/** @param {Map<string, any>} alerts @param {any} field */
const rank = (alerts, field) => (alerts.has(field.code) ? 1e6 : 0) + (field.listed ? 1e5 : 0) + (field.longest_runway_ft ?? 0);

/**
 * @param {CanvasRenderingContext2D} context @param {any} field @param {number} x @param {number} y
 * @param {number} zoom @param {boolean} stopped
 */
function mark(context, field, x, y, zoom, stopped) {
  const half = zoom < 5 ? 1.7 : 3;
  context.fillStyle = colour(field.listed ? "--listed-field" : "--field");
  context.strokeStyle = colour("--halo");
  context.lineWidth = 1;
  context.beginPath();
  context.rect(x - half, y - half, 2 * half, 2 * half);
  context.stroke();
  context.fill();
  if (stopped) {
    context.strokeStyle = colour("--field");
    context.strokeRect(x - half - 2.5, y - half - 2.5, 2 * half + 5, 2 * half + 5);
  }
}

/** @param {CanvasRenderingContext2D} context @param {any} alert @param {number} x @param {number} y */
function ring(context, alert, x, y) {
  const level = alert.event === "retracted" ? 0 : alert.stop.level;
  const chosen = state.selected?.kind === "alert" && state.selected.id === alert.id;
  context.beginPath();
  context.arc(x, y, chosen ? 13 : 10, 0, 2 * Math.PI);
  context.setLineDash(level >= 4 ? [] : level >= 2 ? [5, 3.5] : [1.5, 3]);
  context.lineWidth = chosen ? 3 : 2.2;
  context.strokeStyle = colour(level ? `--${alert.severity}` : "--soft");
  context.stroke();
  context.setLineDash([]);
}

/** @param {import("./canvas_layer.js").Sheet} sheet @param {string} code */
function runways({ context, at }, code) {
  const field = fieldInFull(code);
  if (!field) return;
  context.strokeStyle = colour("--runway");
  context.lineWidth = 2.5;
  for (const runway of field.runways) {
    const [a, b] = [runway.low, runway.high].map((e) => at(toX(e.longitude_deg), toY(e.latitude_deg)));
    context.setLineDash(runway.estimated ? [4, 3] : []);
    context.beginPath();
    context.moveTo(a[0], a[1]);
    context.lineTo(b[0], b[1]);
    context.stroke();
  }
  context.setLineDash([]);
}
