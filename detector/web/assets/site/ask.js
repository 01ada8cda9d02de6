// Questions to the API of this service, and nobody else's.
// @ts-check

/** @param {string} path @returns {Promise<any>} */
export async function ask(path) {
  const answer = await fetch(path, { headers: { accept: "application/json" } });
  if (answer.status === 401) {
    location.assign(`/log-in?next=${encodeURIComponent(location.pathname)}${location.hash}`);
    return new Promise(() => {}); // the page goes
  }
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

/** All pages of a list, at most `most` items. @param {string} path @param {number} most */
export async function askAll(path, most) {
  const items = [];
  let cursor = "";
  do {
    const page = await ask(`${path}${path.includes("?") ? "&" : "?"}limit=${Math.min(500, most)}${cursor}`);
    items.push(...page.items);
    cursor = page.next && items.length < most ? `&cursor=${page.next}` : "";
  } while (cursor);
  return items;
}
