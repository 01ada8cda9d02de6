// The time that is looked at: now, or any since the service began to listen (as far as it remembers).
// @ts-check
import { ask } from "./ask.js";
import { byId } from "./dom.js";
import { putColumns } from "./fleet.js";
import { on, state, tell } from "./state.js";
import { clock, dayClock } from "./words.js";

const SPEED = 120;
const FRAME_MS = 250;
const LEAST_S = 60;
const slider = /** @type {HTMLInputElement} */ (byId("slider"));
const moment = byId("moment");
const now = byId("now");
const play = byId("play");
/** @type {number | null} */
let playing = null;
/** @type {number | null} */
let earliest = null;
let busy = false;

export function startTimeSlider() {
  slider.addEventListener("input", () => look(Number(slider.value)));
  now.addEventListener("click", goLive);
  play.addEventListener("click", () => (playing === null ? start() : stop()));
  on("fleet", () => {
    slider.max = String(Math.floor(state.now));
    if (state.at === null) slider.value = slider.max;
    words();
  });
  reach();
  setInterval(reach, 60_000);
}

/** Also by Escape. */
export function goLive() {
  stop();
  state.at = null;
  state.past = null;
  now.setAttribute("aria-pressed", "true");
  slider.value = slider.max;
  words();
  tell("time");
}

/** From when on anything is known. */
async function reach() {
  const told = await ask("/api/v1/positions?at=0").catch(() => null);
  if (!told) return;
  earliest = told.earliest;
  slider.min = String(Math.floor(Math.min(earliest ?? state.now, state.now - LEAST_S)));
}

/** @param {number} at */
function look(at) {
  if (at >= state.now - 5) {
    goLive();
    return;
  }
  state.at = at;
  now.setAttribute("aria-pressed", "false");
  words();
  tell("time");
  fetchPast();
}

/** The latest question wins; no second one is asked before the first is answered. */
async function fetchPast() {
  if (busy) return;
  busy = true;
  try {
    let asked = null;
    while (state.at !== null && asked !== state.at) {
      asked = state.at;
      const told = await ask(`/api/v1/positions?at=${asked}`);
      if (state.at === null) return;
      const fleet = new Map();
      putColumns(fleet, told.columns);
      for (const one of fleet.values()) one.callsign = state.fleet.get(one.icao24)?.callsign ?? null;
      state.past = fleet;
      tell("time");
    }
  } catch {
    moment.textContent = "the past cannot be read";
  } finally {
    busy = false;
  }
}

function start() {
  if (state.at === null) look(Math.max(Number(slider.min), state.now - 3600));
  play.setAttribute("aria-pressed", "true");
  playing = window.setInterval(() => {
    const next = (state.at ?? state.now) + (SPEED * FRAME_MS) / 1000;
    slider.value = String(next);
    look(next);
  }, FRAME_MS);
}

function stop() {
  if (playing !== null) clearInterval(playing);
  playing = null;
  play.setAttribute("aria-pressed", "false");
}

function words() {
  moment.textContent = state.at === null ? `${clock(state.now)} UTC` : `${dayClock(state.at)} UTC`;
}
