// Which alerts are shown: by severity, rule and words.
// @ts-check
import { byId, make } from "./dom.js";
import { begun, on, state, tell } from "./state.js";
import { RULES } from "./words.js";

const form = /** @type {HTMLFormElement} */ (byId("filters"));
let chosen = read();

function read() {
  const data = new FormData(form);
  return {
    severities: new Set(data.getAll("severity")),
    rule: String(data.get("rule") ?? ""),
    text: String(data.get("text") ?? "").trim().toLowerCase(),
    retracted: data.has("retracted"),
  };
}

/** Whether an alert is shown. @param {any} alert */
export function fits(alert) {
  const { severities, rule, text, retracted } = chosen;
  if (!severities.has(alert.severity) || !begun(alert.stop)) return false;
  if (alert.event === "retracted" && !retracted) return false;
  const findings = alert.stop.findings;
  if (rule && !findings.some((/** @type {any} */ f) => f.rule === rule)) return false;
  return !text || wordsIn(alert).includes(text);
}

/** @param {any} alert */
function wordsIn(alert) {
  const stop = alert.stop;
  const parts = [
    stop.icao24, stop.registration, stop.type_code, stop.operator, stop.callsign_in, stop.callsign_out, stop.airport,
    alert.airport_name, stop.country, ...stop.findings.map((/** @type {any} */ f) => f.reason),
  ];
  return parts.filter(Boolean).join("\n").toLowerCase();
}

export function startFilters() {
  form.addEventListener("input", () => { chosen = read(); tell("filters"); });
  form.addEventListener("submit", (event) => event.preventDefault());
  const select = /** @type {HTMLSelectElement} */ (form.elements.namedItem("rule"));
  on("alerts", () => {
    const known = new Set([...select.options].map((o) => o.value));
    for (const alert of state.alerts.values()) {
      for (const { rule } of alert.stop.findings) {
        if (known.has(rule)) continue;
        known.add(rule);
        select.append(make("option", { value: rule }, RULES[rule] ?? rule));
      }
    }
  });
}
