// Elements, made of text only: nothing that came by radio is ever read as HTML.
// @ts-check

/** @param {string} id */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element ${id}`);
  return found;
}

/**
 * @param {string} name
 * @param {Record<string, string | number | boolean | null | undefined>} attributes
 * @param {...(Node | string | null | undefined)} children
 */
export function make(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(key, String(value));
  }
  for (const child of children) {
    if (child !== null && child !== undefined) made.append(typeof child === "string" ? printable(child) : child);
  }
  return made;
}

// The same as in detector/web/replay_map/markup.py: controls, and what hides letters or turns the writing.
const UNPRINTABLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]/g;

/** @param {unknown} text */
export function printable(text) {
  return String(text).replace(UNPRINTABLE, "\ufffd");
}
