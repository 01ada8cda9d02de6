// What is told of the alert or aircraft that was chosen.
// @ts-check
import { ask } from "./ask.js";
import { byId, make } from "./dom.js";
import { on, state } from "./state.js";
import { RULES, amount, clock, dayClock, headline, nameOf, whenOf } from "./words.js";

const KINDS = /** @type {Record<string, string>} */ ({
  observed: "seen on the ground", inferred: "inferred, not seen on the ground", dark: "a silence: possible, not known",
  rejected: "contradicted by the evidence",
});
const panel = byId("selected");
/** @type {any} who an aircraft is, by the tables */
let known = null;

/** @param {() => void} close */
export function startSelected(close) {
  const draw = () => redraw(close);
  on("selected", async () => {
    known = null;
    draw();
    const chosen = state.selected;
    if (chosen?.kind !== "aircraft") return;
    const told = await ask(`/api/v1/aircraft/${encodeURIComponent(chosen.id)}`).catch(() => null);
    if (state.selected === chosen) {
      known = told;
      draw();
    }
  });
  on("alerts", () => { if (state.selected?.kind === "alert") draw(); });
  let told = 0;
  on("fleet", () => {
    if (state.selected?.kind === "aircraft" && state.now - told >= 1) {
      told = state.now;
      figures();
    }
  });
}

/** @param {() => void} close */
function redraw(close) {
  const chosen = state.selected;
  panel.hidden = chosen === null;
  if (chosen === null) return;
  const button = make("button", { type: "button", class: "close", "aria-label": "Close" }, "\u00d7");
  button.addEventListener("click", close);
  const alert = chosen.kind === "alert" ? state.alerts.get(chosen.id) : null;
  const parts = chosen.kind === "alert" ? (alert ? ofAlert(alert) : [make("p", {}, state.read ? "This alert is not known here (any more)." : "Loading\u2026")]) : ofAircraft(chosen.id);
  panel.replaceChildren(button, ...parts);
  figures();
}

/** @param {any} alert */
function ofAlert(alert) {
  const stop = alert.stop;
  const rows = [["How sure", `level ${stop.level} of 4: ${KINDS[stop.kind] ?? stop.kind}`], ["When", whenOf(stop)]];
  if (stop.retraction) rows.unshift(["Taken back", stop.retraction]);
  const candidates = stop.candidates.filter((/** @type {any} */ c) => c.airport !== stop.airport);
  if (candidates.length) {
    const told = candidates.slice(0, 5).map((/** @type {any} */ c) => `${c.airport} ${Math.round(c.probability * 100)}%`);
    rows.push([stop.airport ? "Other fields that fit" : "Fields within reach", told.join(", ")]);
  }
  const findings = stop.findings.map((/** @type {any} */ f) =>
    make("li", {}, make("b", {}, RULES[f.rule] ?? f.rule), ` (${f.certainty}): ${f.reason}`));
  return [
    make("h2", {}, headline(alert)),
    facts(rows),
    make("ul", {}, ...findings),
    make("p", { class: "actions" }, make("a", { href: `/cases/${encodeURIComponent(alert.id)}`, class: "button" }, "Open the case")),
    legend(),
  ];
}

/** @param {string} icao24 */
function ofAircraft(icao24) {
  const one = state.fleet.get(icao24) ?? state.past?.get(icao24);
  const rows = [["Address", icao24]];
  for (const [name, facts] of [["Registration", known?.identity.registration], ["Type", known?.identity.type_code], ["Operator", known?.identity.operator]]) {
    if (facts?.length) rows.push([name, `${facts[0].value}, says ${facts[0].source}`]);
  }
  for (const listing of known?.listings ?? []) rows.push(["Listed", `${listing.list}: ${listing.programme}`]);
  const alerts = (known?.alerts ?? []).map((/** @type {any} */ a) =>
    make("li", {}, make("a", { href: `/cases/${encodeURIComponent(a.id)}` }, `${dayClock(a.at)} ${a.airport ?? "place not known"}, ${a.severity}`)));
  return [
    make("h2", {}, one ? nameOf(one) : icao24),
    make("dl", { id: "figures" }),
    facts(rows),
    alerts.length ? make("p", {}, "Alerts:") : null,
    alerts.length ? make("ul", {}, ...alerts) : null,
  ].filter((part) => part !== null);
}

/** What changes every second. */
function figures() {
  const place = document.getElementById("figures");
  const one = state.selected ? state.fleet.get(state.selected.id) : undefined;
  if (!place) return;
  const rows = one ? [
    ["Call sign", one.callsign ?? ""],
    ["Altitude", one.on_ground ? "on the ground" : amount(one.altitude_baro_ft, "ft")],
    ["Speed", amount(one.groundspeed_kt, "kt")],
    ["Track", amount(one.track_deg, "\u00b0")],
    ["Last heard", one.heard_at ? `${clock(one.heard_at)} UTC` : ""],
    ["Position", one.position_in_doubt ? "in doubt: it has jumped" : ""],
  ] : [["Heard", "not in the last five minutes"]];
  place.replaceChildren(...pairs(rows));
}

/** @param {string[][]} rows */
const pairs = (rows) => rows.filter(([, words]) => words).flatMap(([name, words]) => [make("dt", {}, name), make("dd", {}, words)]);

/** @param {string[][]} rows */
const facts = (rows) => make("dl", {}, ...pairs(rows));

function legend() {
  const lines = [["heard", "heard"], ["inferred", "not heard: inferred"], ["gap", "not heard: shortest way"]];
  return make("ul", { class: "lines", "aria-label": "What the lines mean" },
    ...lines.map(([kind, words]) => make("li", {}, make("span", { class: `line ${kind}`, "aria-hidden": "true" }), words)));
}

