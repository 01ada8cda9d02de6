// Colours of the style sheet, for what is drawn on a canvas.
// @ts-check

/** @type {Map<string, string>} */
const known = new Map();
document.addEventListener("themechange", () => known.clear());

/** @param {string} name as `--ink` */
export function colour(name) {
  let value = known.get(name);
  if (value === undefined) {
    value = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    known.set(name, value);
  }
  return value;
}
