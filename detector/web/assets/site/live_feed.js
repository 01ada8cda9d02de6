// Keeps the state current: server-sent events, with the lists read again whenever something may have been missed.
// @ts-check
import { ask, askAll } from "./ask.js";
import { putColumns } from "./fleet.js";
import { placesOf } from "./places.js";
import { put, state, tell } from "./state.js";

const MOST_ALERTS = 300;
const MOST_STOPS = 500;

/** @param {{onState: (words: string) => void, onAlert: (alert: any) => void}} hooks */
export function follow({ onState, onAlert }) {
  const events = new EventSource("/api/v1/events?kind=alert&kind=stop&kind=aircraft");
  const readLists = async () => {
    try {
      const [alerts, stops] = await Promise.all([
        askAll("/api/v1/alerts", MOST_ALERTS),
        askAll("/api/v1/stops?level=1", MOST_STOPS),
      ]);
      for (const one of alerts) put(state.alerts, one);
      for (const one of stops) put(state.stops, one);
      await placesOf([...alerts.map((a) => a.stop), ...stops]);
      state.read = true;
      tell("alerts");
      tell("stops");
    } catch (error) {
      onState(`the lists cannot be read (${error instanceof Error ? error.message : error})`);
    }
  };

  events.addEventListener("ready", readLists);
  events.addEventListener("reset", readLists);
  events.addEventListener("alert", async (event) => {
    const alert = JSON.parse(event.data);
    const isNew = !state.alerts.has(alert.id);
    if (!put(state.alerts, alert)) return;
    await placesOf([alert.stop]);
    tell("alerts");
    if (state.read && isNew) onAlert(alert);
  });
  events.addEventListener("stop", async (event) => {
    const stop = JSON.parse(event.data);
    if (stop.level < 1 || !put(state.stops, stop)) return;
    await placesOf([stop]);
    tell("stops");
  });
  events.addEventListener("aircraft", (event) => {
    const news = JSON.parse(event.data);
    if (news.full) state.fleet.clear();
    putColumns(state.fleet, news.columns);
    for (const address of news.gone) state.fleet.delete(address);
    state.now = news.at;
    tell("fleet");
    onState("");
  });
  events.addEventListener("error", () => {
    // Also where a session has ended: a question then leads to where one logs in.
    onState("connection lost, trying again");
    ask("/api/v1/alerts?limit=1").catch(() => {});
  });
  return events;
}
