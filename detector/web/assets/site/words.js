// Times, heights and names as a reader wants them. All times are UTC.
// @ts-check
import { printable } from "./dom.js";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/** @type {Record<string, string>} */
export const RULES = {
  listed_airport: "airport on a watch list",
  listed_aircraft: "aircraft on a watch list",
  short_turnaround: "short turnaround",
  dark_stop: "stop in a silence",
  identity: "odd identity",
  journey: "where it went next",
  first_visit: "first visit",
  unusual_ground_time: "unusual time on the ground",
};

/** @param {number} n */
const two = (n) => String(n).padStart(2, "0");

/** `7 Nov 01:30`. @param {number} at Unix s */
export function dayClock(at) {
  const d = new Date(at * 1000);
  return `${d.getUTCDate()} ${MONTHS[d.getUTCMonth()]} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`;
}

/** `01:30:12`. @param {number} at Unix s */
export function clock(at) {
  const d = new Date(at * 1000);
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
}

/** Unix s of an ISO time, or null. @param {string | null | undefined} text */
export function unix(text) {
  return text ? Date.parse(text) / 1000 : null;
}

/** `2 min ago`. @param {number} seconds */
export function ago(seconds) {
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86400)} d ago`;
}

/** `47 min`, `1 h 05 min`. @param {number} seconds */
export function duration(seconds) {
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
  return `${Math.floor(minutes / 1440)} d ${Math.floor((minutes % 1440) / 60)} h`;
}

/** @param {number | null | undefined} value @param {string} unit */
export function amount(value, unit) {
  return value === null || value === undefined ? "" : `${Math.round(value).toLocaleString("en")} ${unit}`;
}

const LONGEST = 60;

/** Cut where nobody would read on. @param {unknown} text */
export function short(text) {
  const told = printable(text);
  return told.length > LONGEST ? `${told.slice(0, LONGEST)}\u2026` : told;
}

/** Who an aircraft is, in a few words. @param {any} one */
export function nameOf(one) {
  return short(one.registration || one.callsign || one.callsign_in || one.callsign_out || one.icao24);
}

/** What an alert tells, in a line. @param {any} alert */
export function headline(alert) {
  const stop = alert.stop;
  const who = nameOf(stop) + (stop.type_code ? ` (${short(stop.type_code)})` : "");
  if (alert.event === "retracted") return `Taken back: ${who}`;
  if (stop.level === 1) return `${who}: a silence long enough for a stop`;
  const place = alert.airport_name ?? stop.airport;
  return place ? `${who} at ${short(place)}` : `${who}: stop at a place not known`;
}

/** When it was on the ground, as far as known. @param {any} stop */
export function whenOf(stop) {
  const landed = unix(stop.landed.estimate) ?? 0;
  const about = stop.landed.observed ? "" : "about ";
  const stay = stop.ground_time_s ? `, ${duration(stop.ground_time_s.estimate)} on the ground` : "";
  const gone = stop.departed ? stay : ", not heard leaving";
  return `landed ${about}${dayClock(landed)} UTC${stop.level === 1 ? " if at all" : ""}${gone}`;
}
