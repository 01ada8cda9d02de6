// Keys that work anywhere on the page, unless somebody is typing.
// @ts-check

const TYPED = new Set(["INPUT", "SELECT", "TEXTAREA"]);

/** @param {{search: () => void, escape: () => void}} hooks */
export function startKeys({ search, escape }) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = TYPED.has(/** @type {HTMLElement} */ (event.target).tagName);
    if (event.key === "/" && !typing) {
      search();
      event.preventDefault();
    } else if (event.key === "Escape") escape();
  });
}
