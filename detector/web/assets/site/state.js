// What the page knows, and who wants to be told of changes.
// @ts-check

/**
 * An aircraft as the API has it, and `mx`, `my`: its place in Web Mercator, the world being 0 to 1.
 * @typedef {{icao24: string, callsign: string|null, registration: string|null, type_code: string|null,
 *   latitude_deg: number|null, longitude_deg: number|null, track_deg: number|null, altitude_baro_ft: number|null,
 *   groundspeed_kt?: number|null, on_ground?: boolean|null, heard_at?: number, watched?: boolean,
 *   listed?: boolean|null, position_in_doubt?: boolean, operator?: string|null, mx: number, my: number}} Aircraft
 */

export const state = {
  /** @type {Map<string, Aircraft>} heard now */
  fleet: new Map(),
  /** @type {Map<string, Aircraft> | null} where they were at `at` */
  past: null,
  /** @type {number | null} the time looked at, Unix s; null: now */
  at: null,
  /** @type {number} the service's own clock when it told of aircraft last */
  now: Date.now() / 1000,
  /** whether alerts and stops have been read once */
  read: false,
  /** @type {Map<string, any>} alerts by id, last revision */
  alerts: new Map(),
  /** @type {Map<string, any>} stops by id, last revision */
  stops: new Map(),
  /** @type {Map<string, any>} fields by code */
  fields: new Map(),
  /** @type {{kind: "alert"|"aircraft", id: string} | null} */
  selected: null,
};

/** @type {Map<string, Set<() => void>>} */
const listeners = new Map();

/** @param {string} topic fleet, alerts, stops, fields, time, selected @param {() => void} listener */
export function on(topic, listener) {
  if (!listeners.has(topic)) listeners.set(topic, new Set());
  listeners.get(topic)?.add(listener);
}

/** @param {string} topic */
export function tell(topic) {
  for (const listener of listeners.get(topic) ?? []) listener();
}

/** Of two revisions the later one stays. @param {Map<string, any>} held @param {any} one */
export function put(held, one) {
  const known = held.get(one.id);
  if (known && known.revision >= one.revision) return false;
  held.set(one.id, one);
  return true;
}

/** The aircraft that are shown. */
export function shownFleet() {
  return state.at === null ? state.fleet : (state.past ?? new Map());
}

/** Whether an alert or stop had come to pass by the time looked at. @param {any} stop */
export function begun(stop) {
  return state.at === null || Date.parse(stop.landed.estimate) / 1000 <= state.at;
}
