// Where fields are, asked once each.
// @ts-check
import { ask } from "./ask.js";
import { state, tell } from "./state.js";
import { toX, toY } from "./mercator.js";

const AT_ONCE = 100;
/** @type {Set<string>} */
const asked = new Set();
/** @type {Map<string, any>} */
const inFull = new Map();

/** @param {any[]} fields */
export function putFields(fields) {
  for (const one of fields) {
    asked.add(one.code);
    if (!state.fields.has(one.code)) {
      state.fields.set(one.code, { ...one, mx: toX(one.longitude_deg), my: toY(one.latitude_deg) });
    }
  }
  tell("fields");
}

/** Fields of these stops, and those they may have been at. @param {any[]} stops */
export async function placesOf(stops) {
  const codes = new Set(stops.flatMap((s) => [s.airport, ...s.candidates.slice(0, 6).map((/** @type {any} */ c) => c.airport)]));
  const missing = [...codes].filter((code) => code && !asked.has(code));
  for (const code of missing) asked.add(code);
  for (let i = 0; i < missing.length; i += AT_ONCE) {
    const part = missing.slice(i, i + AT_ONCE).map((code) => `code=${encodeURIComponent(code)}`);
    putFields((await ask(`/api/v1/airports?limit=${AT_ONCE}&${part.join("&")}`)).items);
  }
}

/** Fields on a watch list. */
export async function listedFields() {
  putFields((await ask("/api/v1/airports?listed=true&limit=500")).items);
}

/** A field with its runways, null while it is being asked for. @param {string} code */
export function fieldInFull(code) {
  if (!inFull.has(code)) {
    inFull.set(code, null);
    ask(`/api/v1/airports/${encodeURIComponent(code)}`)
      .then((field) => { inFull.set(code, field); tell("fields"); })
      .catch(() => {});
  }
  return inFull.get(code);
}
