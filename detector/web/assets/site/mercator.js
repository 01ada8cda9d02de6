// Web Mercator (EPSG:3857) as shares of the world: x from 180 west, y from the north, both 0 to 1.
// @ts-check

export const MOST_LATITUDE = 85.0511287798;

/** @param {number} longitude degrees */
export const toX = (longitude) => longitude / 360 + 0.5;

/** @param {number} latitude degrees */
export function toY(latitude) {
  const sin = Math.sin((Math.max(-MOST_LATITUDE, Math.min(MOST_LATITUDE, latitude)) * Math.PI) / 180);
  return 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI);
}
