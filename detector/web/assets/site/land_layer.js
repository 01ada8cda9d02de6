// Land and coast as tiles that are drawn here, once each: panning moves what is drawn already.
// @ts-check
import { colour } from "./colours.js";

const L = /** @type {any} */ (window).L;
const SIZE = 256;
const LEAST_STEP_PX = 0.6;

/** @param {import("./land_data.js").Ring[]} rings */
export function landLayer(rings) {
  const Layer = L.GridLayer.extend({
    /** @param {{x: number, y: number, z: number}} coords */
    createTile(coords) {
      const tile = document.createElement("canvas");
      const ratio = Math.min(2, window.devicePixelRatio || 1);
      tile.width = tile.height = SIZE * ratio;
      const context = tile.getContext("2d");
      if (context) {
        context.scale(ratio, ratio);
        draw(context, rings, coords);
      }
      return tile;
    },
  });
  const layer = new Layer({ tileSize: SIZE, updateWhenIdle: false, keepBuffer: 3, className: "land" });
  document.addEventListener("themechange", () => layer.redraw());
  return layer;
}

/**
 * @param {CanvasRenderingContext2D} context @param {import("./land_data.js").Ring[]} rings
 * @param {{x: number, y: number, z: number}} coords
 */
function draw(context, rings, { x, y, z }) {
  const scale = SIZE * 2 ** z;
  const [left, top] = [x / 2 ** z, y / 2 ** z];
  const margin = 2 / scale;
  const [right, bottom] = [left + SIZE / scale + margin, top + SIZE / scale + margin];
  const land = new Path2D();
  const coast = new Path2D();
  for (const ring of rings) {
    if (ring.north > bottom || ring.south < top - margin) continue;
    for (const turn of [-1, 0, 1]) {
      if (ring.west + turn > right || ring.east + turn < left - margin) continue;
      trace(ring, (turn - left) * scale, -top * scale, scale, land, coast);
    }
  }
  context.fillStyle = colour("--land");
  context.fill(land, "evenodd");
  context.strokeStyle = colour("--coast");
  context.lineWidth = 0.7;
  context.lineJoin = "round";
  context.stroke(coast);
}

/**
 * @param {import("./land_data.js").Ring} ring @param {number} dx @param {number} dy @param {number} scale
 * @param {Path2D} land @param {Path2D} coast
 */
function trace(ring, dx, dy, scale, land, coast) {
  const { x, y, hidden } = ring;
  const last = x.length - 1;
  let px = x[0] * scale + dx;
  let py = y[0] * scale + dy;
  const [beginX, beginY] = [px, py];
  land.moveTo(px, py);
  coast.moveTo(px, py);
  for (let i = 1; i <= last; i += 1) {
    const qx = x[i] * scale + dx;
    const qy = y[i] * scale + dy;
    const isCut = hidden[i - 1] === 1;
    if (!isCut && i < last && Math.abs(qx - px) < LEAST_STEP_PX && Math.abs(qy - py) < LEAST_STEP_PX) continue;
    land.lineTo(qx, qy);
    if (isCut) coast.moveTo(qx, qy);
    else coast.lineTo(qx, qy);
    [px, py] = [qx, qy];
  }
  land.closePath();
  if (hidden[last] === 0) coast.lineTo(beginX, beginY);
}
