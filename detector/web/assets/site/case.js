// A case page that is open gets new revisions by itself: the service is asked for the page again.
// @ts-check
import { byId } from "./dom.js";

const { alert: id } = document.body.dataset;
let revision = Number(document.body.dataset.revision);
const events = new EventSource("/api/v1/events?kind=alert");

/** @param {string} words */
function say(words) { byId("news").textContent = words; }

async function renew() {
  const answer = await fetch(location.pathname, { headers: { accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  // Our own page, escaped by the service; what is parsed so runs no scripts.
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = fresh.getElementById("case");
  if (!main) return;
  revision = Number(fresh.body.dataset.revision);
  byId("case").replaceWith(document.adoptNode(main));
  document.title = fresh.title;
  say(`Revision ${revision} has come, this is it.`);
}

events.addEventListener("alert", (event) => {
  const told = JSON.parse(event.data);
  if (told.id === id && told.revision > revision) renew();
});
let lost = false;
events.addEventListener("error", () => { lost = true; say("Connection lost, trying again."); });
for (const kind of ["ready", "reset"]) {
  events.addEventListener(kind, () => {
    if (lost) renew();
    lost = false;
    say("");
  });
}
