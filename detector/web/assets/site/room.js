// Room for words on the map: who comes first has it, and what would lie upon other words is left out.
// @ts-check

const HEIGHT = 13;

export class Room {
  constructor() {
    /** @type {[number, number, number, number][]} */
    this.taken = [];
  }

  /** Whether there is room, which then is taken. @param {number} x @param {number} y of the base line @param {number} width */
  take(x, y, width) {
    const [left, top, right, bottom] = [x, y - HEIGHT + 3, x + width, y + 3];
    for (const [l, t, r, b] of this.taken) if (left < r && right > l && top < b && bottom > t) return false;
    this.taken.push([left, top, right, bottom]);
    return true;
  }
}
