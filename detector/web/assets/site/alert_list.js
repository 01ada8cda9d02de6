// The alerts beside the map, the newest first.
// @ts-check
import { byId, make } from "./dom.js";
import { fits } from "./filters.js";
import { on, state } from "./state.js";
import { RULES, ago, headline, short, unix, whenOf } from "./words.js";

const MOST = 200;
const list = byId("alerts");

/** @param {(id: string) => void} choose */
export function startAlertList(choose) {
  const draw = () => redraw(choose);
  for (const topic of ["alerts", "filters", "time", "selected"]) on(topic, draw);
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const buttons = [...list.querySelectorAll("button")];
    const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    buttons[Math.max(0, Math.min(buttons.length - 1, at + step))]?.focus();
    event.preventDefault();
  });
  setInterval(draw, 30_000); // how long ago
  draw();
}

/** @param {(id: string) => void} choose */
function redraw(choose) {
  const all = [...state.alerts.values()].filter(fits).sort((a, b) => landed(b) - landed(a) || (a.id < b.id ? 1 : -1));
  const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.alert;
  byId("heading").textContent = state.read ? `Alerts (${all.length})` : "Alerts";
  if (!all.length) {
    const why = state.alerts.size ? "None that fits." : state.read ? "None so far." : "Loading\u2026";
    list.replaceChildren(make("li", { class: "none" }, why));
    return;
  }
  list.replaceChildren(...all.slice(0, MOST).map((alert) => item(alert, choose)));
  if (focused) /** @type {HTMLElement | null} */ (list.querySelector(`button[data-alert="${CSS.escape(focused)}"]`))?.focus();
}

/** @param {any} alert */
const landed = (alert) => unix(alert.stop.landed.estimate) ?? 0;

/** @param {any} alert @param {(id: string) => void} choose */
function item(alert, choose) {
  const stop = alert.stop;
  const chosen = state.selected?.kind === "alert" && state.selected.id === alert.id;
  const rules = [...new Set(stop.findings.map((/** @type {any} */ f) => RULES[f.rule] ?? short(f.rule)))].join(", ");
  const button = make(
    "button", { type: "button", "data-alert": alert.id, "aria-pressed": String(chosen), class: `alert ${alert.severity}` },
    make("span", { class: "head" }, headline(alert)),
    make("span", { class: "when" }, whenOf(stop)),
    make("span", { class: "tags" },
      make("span", { class: `tag ${alert.severity}` }, alert.severity),
      make("span", { class: "tag" }, `level ${stop.level}, ${stop.kind}`),
      make("span", { class: "ago" }, ago(state.now - (unix(alert.at) ?? 0)))),
    make("span", { class: "why" }, rules),
  );
  button.addEventListener("click", () => choose(alert.id));
  return make("li", {}, button);
}
