// Sends the token once, in a body; the answer's cookie is enough from then on.
// @ts-check
import { byId } from "./dom.js";

/** Where to go then: a path of this service, whatever the address says. */
function next() {
  const asked = new URLSearchParams(location.search).get("next") ?? "/";
  const url = new URL(asked, location.origin);
  return url.origin === location.origin ? url.pathname + url.hash : "/";
}

async function isIn() {
  const answer = await fetch("/api/v1/alerts?limit=1", { headers: { accept: "application/json" } });
  return answer.ok;
}

const said = byId("said");
byId("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  const token = /** @type {HTMLInputElement} */ (byId("token")).value;
  try {
    const answer = await fetch("/login", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token }),
    });
    if (answer.ok) location.replace(next() + (next().includes("#") ? "" : location.hash));
    else said.textContent = answer.status === 401 ? "That is not the token." : `The service answers ${answer.status}.`;
  } catch {
    said.textContent = "The service does not answer.";
  }
});
// Who follows a link from elsewhere has a cookie that only our own pages send.
if (await isIn()) location.replace(next());
