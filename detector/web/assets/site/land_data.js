// Land of the world out of `land.bin` (detector/web/replay_map/coastline.py tells its form).
// @ts-check
import { toX, toY } from "./mercator.js";

const MAGIC_LENGTH = 6;
const STEP_DEG = 0.005;

/**
 * A ring: places as shares of the world, edges that are no coast, and the box around it.
 * @typedef {{x: Float64Array, y: Float64Array, hidden: Uint8Array, west: number, east: number, north: number,
 *   south: number}} Ring
 */

/** @param {string} url @returns {Promise<Ring[]>} */
export async function landRings(url) {
  const packed = await (await fetch(url)).blob();
  const stream = packed.slice(MAGIC_LENGTH).stream().pipeThrough(new DecompressionStream("deflate"));
  return unpack(new Uint8Array(await new Response(stream).arrayBuffer()));
}

/** @param {Uint8Array} raw @returns {Ring[]} */
function unpack(raw) {
  let at = 0;
  const next = () => {
    let value = 0;
    let shift = 1;
    for (;;) {
      const byte = raw[at];
      at += 1;
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
      shift *= 128;
    }
  };
  const step = () => {
    const value = next();
    return value & 1 ? -(value + 1) / 2 : value / 2;
  };
  const rings = [];
  for (let count = next(); count > 0; count -= 1) {
    const size = next();
    const longitude = new Float64Array(size);
    const latitude = new Float64Array(size);
    let lon = 0;
    let lat = 0;
    for (let i = 0; i < size; i += 1) {
      lon += step();
      lat += step();
      longitude[i] = lon * STEP_DEG;
      latitude[i] = lat * STEP_DEG;
    }
    rings.push(ring(longitude, latitude));
  }
  return rings;
}

/** @param {Float64Array} longitude @param {Float64Array} latitude @returns {Ring} */
function ring(longitude, latitude) {
  const size = longitude.length;
  const lons = [longitude[0]];
  const lats = [...latitude];
  const cut = [];
  for (let i = 1; i < size; i += 1) {
    const before = lons[i - 1];
    lons.push(before + ((((longitude[i] - before + 180) % 360) + 360) % 360) - 180);
  }
  for (let i = 0; i < size; i += 1) {
    const j = (i + 1) % size;
    cut.push(Math.abs(longitude[i]) === 180 && Math.abs(longitude[j]) === 180 ? 1 : 0);
  }
  // A ring around a pole is closed along the edge of the map.
  const home = lons[size - 1] + ((((longitude[0] - longitude[size - 1] + 180) % 360) + 360) % 360) - 180;
  if (Math.abs(home - lons[0]) > 180) {
    const pole = lats[0] < 0 ? -90 : 90;
    lons.push(home, home, lons[0]);
    lats.push(lats[0], pole, pole);
    cut.push(1, 1, 1);
  }
  const x = Float64Array.from(lons, toX);
  const y = Float64Array.from(lats, toY);
  return {
    x, y, hidden: Uint8Array.from(cut),
    west: Math.min(...x), east: Math.max(...x), north: Math.min(...y), south: Math.max(...y),
  };
}
