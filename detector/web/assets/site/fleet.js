// Aircraft from the columns of the API.
// @ts-check
import { toX, toY } from "./mercator.js";

/**
 * Puts the rows of `columns` into `fleet`.
 * @param {Map<string, any>} fleet @param {Record<string, any[]>} columns
 */
export function putColumns(fleet, columns) {
  const names = Object.keys(columns);
  const count = columns.icao24.length;
  for (let i = 0; i < count; i += 1) {
    /** @type {any} */
    const one = {};
    for (const name of names) one[name] = columns[name][i];
    if (one.latitude_deg !== null) {
      one.mx = toX(one.longitude_deg);
      one.my = toY(one.latitude_deg);
    }
    fleet.set(one.icao24, one);
  }
}
