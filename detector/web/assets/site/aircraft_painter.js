// Aircraft as small darts along their track; those that matter larger, and named.
// @ts-check
import { colour } from "./colours.js";
import { printable } from "./dom.js";
import { Room } from "./room.js";
import { shownFleet, state } from "./state.js";

const NAMED_FROM_ZOOM = 8;
const MOST_NAMES = 250;
const DIRECTIONS = 36;
/** @type {Map<string, HTMLCanvasElement>} */
const sprites = new Map();
document.addEventListener("themechange", () => sprites.clear());

/** @param {import("./state.js").Aircraft} one */
function kindOf(one) {
  if (one.position_in_doubt) return "doubt";
  if (one.listed) return "listed";
  if (one.watched) return "watched";
  return one.on_ground ? "ground" : "plain";
}

const LOOK = /** @type {Record<string, [string, number]>} */ ({
  plain: ["--aircraft", 6.5],
  ground: ["--ground", 4.5],
  doubt: ["--doubt", 6.5],
  watched: ["--watched", 9],
  listed: ["--listed", 9],
});

/** Smaller from afar, where there are many. @param {number} zoom */
const sizeAt = (zoom) => (zoom <= 3 ? 0.7 : zoom <= 5 ? 0.8 : 1);

/** @param {string} kind @param {number | null} track @param {number} share */
function sprite(kind, track, share) {
  const turn = track === null || track === undefined ? -1 : Math.round(track / (360 / DIRECTIONS)) % DIRECTIONS;
  const key = `${kind} ${turn} ${share}`;
  let made = sprites.get(key);
  if (!made) {
    const [name, whole] = LOOK[kind];
    const size = whole * share;
    const room = size * 2 + 4;
    made = document.createElement("canvas");
    made.width = made.height = room * 2;
    const context = /** @type {CanvasRenderingContext2D} */ (made.getContext("2d"));
    context.scale(2, 2);
    context.translate(room / 2, room / 2);
    context.beginPath();
    if (turn < 0) context.arc(0, 0, size * 0.5, 0, 2 * Math.PI);
    else {
      context.rotate((turn * 2 * Math.PI) / DIRECTIONS);
      context.moveTo(0, -size);
      context.lineTo(size * 0.62, size * 0.8);
      context.lineTo(0, size * 0.4);
      context.lineTo(-size * 0.62, size * 0.8);
      context.closePath();
    }
    context.lineWidth = kind === "doubt" ? 1.4 : 1;
    context.strokeStyle = kind === "doubt" ? colour(name) : colour("--halo");
    context.stroke();
    if (kind !== "doubt") {
      context.fillStyle = colour(name);
      context.fill();
    }
    sprites.set(key, made);
  }
  return made;
}

/** @param {import("./canvas_layer.js").Sheet} sheet */
export function paintAircraft({ context, zoom, width, height, at }) {
  /** @type {[import("./state.js").Aircraft, string, number, number][]} */
  const last = [];
  let names = 0;
  const room = new Room();
  const share = sizeAt(zoom);
  context.font = "11px system-ui, sans-serif";
  for (const one of shownFleet().values()) {
    if (one.mx === undefined) continue;
    const [x, y] = at(one.mx, one.my);
    if (x < -10 || y < -10 || x > width + 10 || y > height + 10) continue;
    const kind = kindOf(one);
    if (kind === "listed" || kind === "watched" || isSelected(one)) {
      last.push([one, kind, x, y]);
      continue;
    }
    put(context, kind, one, x, y, share);
    if (zoom >= NAMED_FROM_ZOOM && names < MOST_NAMES) {
      const name = printable(one.callsign || one.registration || one.icao24);
      if (room.take(x + 9, y + 4, 8 * name.length)) write(context, name, x + 9, y + 4, "--soft");
      names += 1;
    }
  }
  for (const [one, kind, x, y] of last) {
    if (isSelected(one)) {
      context.beginPath();
      context.arc(x, y, 13, 0, 2 * Math.PI);
      context.strokeStyle = colour("--accent");
      context.lineWidth = 2;
      context.stroke();
    }
    put(context, kind, one, x, y, 1);
    if (zoom >= 4) write(context, one.registration || one.callsign || one.icao24, x + 12, y + 4, "--ink");
  }
}

/** @param {import("./state.js").Aircraft} one */
const isSelected = (one) => state.selected?.kind === "aircraft" && state.selected.id === one.icao24;

/**
 * @param {CanvasRenderingContext2D} context @param {string} kind @param {import("./state.js").Aircraft} one
 * @param {number} x @param {number} y @param {number} share
 */
function put(context, kind, one, x, y, share) {
  const picture = sprite(kind, one.track_deg, share);
  const size = picture.width / 2;
  context.drawImage(picture, x - size / 2, y - size / 2, size, size);
}

/**
 * Words with a rim, so that they can be read on anything.
 * @param {CanvasRenderingContext2D} context @param {string} words @param {number} x @param {number} y @param {string} name
 */
export function write(context, words, x, y, name) {
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeStyle = colour("--halo");
  context.fillStyle = colour(name);
  const told = printable(words).slice(0, 40);
  context.strokeText(told, x, y);
  context.fillText(told, x, y);
}
