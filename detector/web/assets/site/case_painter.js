// The way of what is selected: solid where it was heard, broken where that is inferred, dotted where it is a mere gap.
// @ts-check
import { write } from "./aircraft_painter.js";
import { ask } from "./ask.js";
import { colour } from "./colours.js";
import { toX, toY } from "./mercator.js";
import { state } from "./state.js";
import { unix } from "./words.js";

const DASHES = /** @type {Record<string, number[]>} */ ({ heard: [], inferred: [8, 6], gap: [1, 6] });
const LEGS = 6;
const SILENCE_S = 300;

/** @typedef {{kind: string, leg: number, since: number | null, until: number | null, places: [number, number][], at: (number | null)[]}} Line */
export const shown = {
  /** @type {Line[]} */
  lines: [],
  /** @type {{mx: number, my: number, words: string, kind: string, at: number | null}[]} */
  points: [],
};

/** Read the way of an alert. @param {string} id */
export async function readCase(id) {
  const told = await ask(`/cases/${encodeURIComponent(id)}/case.geojson`);
  clear();
  for (const { geometry, properties } of told.features) {
    if (!geometry) continue;
    if (geometry.type === "Point") {
      if (properties.kind === "candidate" && properties.airport === told.alert.stop.airport) continue; // has its ring
      const [lon, lat] = geometry.coordinates;
      shown.points.push({ mx: toX(lon), my: toY(lat), words: wordsOf(properties), kind: properties.kind, at: unix(properties.at_utc) });
      continue;
    }
    const several = geometry.type === "MultiLineString";
    const parts = several ? geometry.coordinates : [geometry.coordinates];
    parts.forEach((/** @type {number[][]} */ part, /** @type {number} */ i) => {
      const times = several ? properties.times_utc?.[i] : properties.times_utc;
      shown.lines.push({
        kind: properties.kind,
        leg: (properties.flight - 1) % LEGS,
        since: unix(properties.from_utc),
        until: unix(properties.until_utc),
        places: part.map(([lon, lat]) => [toX(lon), toY(lat)]),
        at: part.map((_, k) => unix(times?.[k])),
      });
    });
  }
}

/** Read where an aircraft was. @param {string} icao24 */
export async function readTrack(icao24) {
  const { points } = await ask(`/api/v1/aircraft/${encodeURIComponent(icao24)}/track`);
  clear();
  /** @type {Line | null} */
  let line = null;
  points.at.forEach((/** @type {number} */ at, /** @type {number} */ i) => {
    const place = /** @type {[number, number]} */ ([toX(points.longitude_deg[i]), toY(points.latitude_deg[i])]);
    if (line && at - points.at[i - 1] > SILENCE_S) {
      const before = line.places[line.places.length - 1];
      shown.lines.push({ kind: "gap", leg: 0, since: points.at[i - 1], until: at, places: [before, place], at: [points.at[i - 1], at] });
      line = null;
    }
    if (!line) {
      line = { kind: "heard", leg: 0, since: at, until: null, places: [], at: [] };
      shown.lines.push(line);
    }
    line.places.push(place);
    line.at.push(at);
    line.until = at;
  });
}

export function clear() {
  shown.lines = [];
  shown.points = [];
}

/** The last place of its way. @param {number} at @param {number} mx @param {number} my */
export function goOn(at, mx, my) {
  const line = shown.lines[shown.lines.length - 1];
  if (!line || line.kind !== "heard" || line.until === null || at <= line.until || at - line.until > SILENCE_S) return;
  line.places.push([mx, my]);
  line.at.push(at);
  line.until = at;
}

/** @param {any} told */
function wordsOf(told) {
  if (told.kind === "candidate") return `${told.airport} ${Math.round((told.probability ?? 0) * 100)}%`;
  if (told.kind === "heard") return told.what;
  return "";
}

/** @param {import("./canvas_layer.js").Sheet} sheet */
export function paintCase({ context, zoom, at }) {
  context.lineJoin = "round";
  for (const line of shown.lines) {
    if (state.at !== null && line.since !== null && line.since > state.at) continue;
    context.strokeStyle = colour(`--leg${line.leg}`);
    context.lineWidth = 2.4;
    context.globalAlpha = line.kind === "gap" ? 0.75 : 1;
    context.lineCap = line.kind === "inferred" ? "butt" : "round";
    context.setLineDash(DASHES[line.kind] ?? []);
    context.beginPath();
    let before = NaN;
    for (let i = 0; i < line.places.length; i += 1) {
      const when = line.at[i] ?? (i === line.places.length - 1 ? line.until : null);
      if (state.at !== null && when !== null && when > state.at) break;
      const [x, y] = at(line.places[i][0], line.places[i][1]);
      if (Number.isNaN(before) || Math.abs(x - before) > 128 * 2 ** zoom) context.moveTo(x, y);
      else context.lineTo(x, y);
      before = x;
    }
    context.stroke();
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
  context.font = "11px system-ui, sans-serif";
  for (const point of shown.points) {
    if (state.at !== null && point.at !== null && point.at > state.at) continue;
    const [x, y] = at(point.mx, point.my);
    if (point.kind === "candidate") {
      context.beginPath();
      context.arc(x, y, 8, 0, 2 * Math.PI);
      context.setLineDash([1.5, 3]);
      context.strokeStyle = colour("--high");
      context.lineWidth = 1.6;
      context.stroke();
      context.setLineDash([]);
    } else if (point.kind === "heard") {
      context.beginPath();
      context.arc(x, y, 3, 0, 2 * Math.PI);
      context.fillStyle = colour("--ink");
      context.fill();
    }
    if (point.words && zoom >= 5) write(context, point.words, x + 14, y + 22, "--ink");
  }
}

/** Box around all of it: [[south, west], [north, east]] in Mercator shares, or null. */
export function extent() {
  const places = [...shown.lines.flatMap((line) => line.places), ...shown.points.map((p) => /** @type {[number, number]} */ ([p.mx, p.my]))];
  if (!places.length) return null;
  const turned = unwrapped(places.map(([x]) => x));
  const ys = places.map(([, y]) => y);
  return { west: Math.min(...turned), east: Math.max(...turned), north: Math.min(...ys), south: Math.max(...ys) };
}

/** Across the date line rather than round the world. @param {number[]} xs */
function unwrapped(xs) {
  const straight = Math.max(...xs) - Math.min(...xs);
  const shifted = xs.map((x) => (x < 0.5 ? x + 1 : x));
  return Math.max(...shifted) - Math.min(...shifted) < straight ? shifted : xs;
}
