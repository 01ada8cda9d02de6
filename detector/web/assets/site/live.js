// The live map: puts its parts together.
// @ts-check
import { startAlertList } from "./alert_list.js";
import { clear, goOn, readCase, readTrack } from "./case_painter.js";
import { byId } from "./dom.js";
import { startFilters } from "./filters.js";
import { startKeys } from "./keys.js";
import { follow } from "./live_feed.js";
import { startMap } from "./map_view.js";
import { listedFields } from "./places.js";
import { focusSearch, startSearch } from "./search.js";
import { startSelected } from "./selected.js";
import { on, state, tell } from "./state.js";
import { goLive, startTimeSlider } from "./time_slider.js";
import { headline } from "./words.js";

const HEALTH_MS = 15_000;
let trouble = "";
let feeds = "";

startFilters();
const view = await startMap({ choose });

/** @param {"alert" | "aircraft"} kind @param {string} id */
async function choose(kind, id) {
  const chosen = { kind, id };
  state.selected = chosen;
  clear();
  history.replaceState(null, "", `#${kind}=${encodeURIComponent(id)}`);
  tell("selected");
  await (kind === "alert" ? readCase(id) : readTrack(id)).catch(() => {});
  if (state.selected !== chosen) return;
  tell("way");
  if (kind === "alert") view.showWay();
}

function close() {
  state.selected = null;
  clear();
  history.replaceState(null, "", location.pathname);
  tell("selected");
}

/** What the address asks for. */
function fromAddress() {
  const [, kind, id] = /^#(alert|aircraft)=(.+)$/.exec(location.hash) ?? [];
  if (kind === "alert" || kind === "aircraft") choose(kind, decodeURIComponent(id));
}

startAlertList((id) => choose("alert", id));
startSelected(close);
startSearch({
  alert: (id) => choose("alert", id),
  aircraft: (id) => {
    choose("aircraft", id);
    const one = (state.past ?? state.fleet).get(id);
    if (one?.latitude_deg != null && one.longitude_deg != null) view.goTo(/** @type {any} */ (one));
  },
  field: (field) => view.goTo(field),
});
startTimeSlider();
startKeys({ search: focusSearch, escape: () => (state.selected ? close() : goLive()) });

on("fleet", () => {
  const one = state.selected?.kind === "aircraft" ? state.fleet.get(state.selected.id) : undefined;
  if (one && one.mx !== undefined) goOn(one.heard_at ?? 0, one.mx, one.my);
  status();
});
on("alerts", () => {
  // A revision of what is shown may have changed its way.
  if (state.selected?.kind === "alert") readCase(state.selected.id).then(() => tell("way")).catch(() => {});
});

function status() {
  byId("status").textContent = [`${state.fleet.size.toLocaleString("en")} aircraft`, feeds, trouble].filter(Boolean).join(" \u00b7 ");
  byId("status").classList.toggle("trouble", trouble !== "");
}

async function readHealth() {
  const answer = await fetch("/health").catch(() => null);
  const told = await answer?.json().catch(() => null);
  feeds = told?.feeds ? `${told.feeds.listening} of ${told.feeds.configured} feeds` : "";
  if (told && !told.ok) feeds += " (not well)";
  status();
}

follow({
  onState: (words) => { trouble = words; status(); },
  onAlert: (alert) => {
    byId("announce").textContent = `New alert: ${headline(alert)}`;
    if (document.hidden) document.title = `\u25cf ${headline(alert)}`;
  },
});
document.addEventListener("visibilitychange", () => { if (!document.hidden) document.title = "detector"; });
addEventListener("hashchange", fromAddress);
listedFields().catch(() => {});
readHealth();
setInterval(readHealth, HEALTH_MS);
fromAddress();
