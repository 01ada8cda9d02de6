// One canvas over the map on which painters draw, in order. It moves and grows with the map, and is drawn anew after.
// @ts-check

const L = /** @type {any} */ (window).L;
const AROUND = 0.25;

/**
 * What a painter gets: `at` gives the place on the canvas of a place in Web Mercator, nearest to the middle of the map.
 * @typedef {{context: CanvasRenderingContext2D, zoom: number, width: number, height: number,
 *   at: (mx: number, my: number) => [number, number]}} Sheet
 */

/** @param {((sheet: Sheet) => void)[]} painters */
export function canvasLayer(painters) {
  const Layer = L.Layer.extend({
    /** @param {any} map */
    onAdd(map) {
      this._canvas = L.DomUtil.create("canvas", "leaflet-zoom-animated", this.getPane());
      this._canvas.setAttribute("aria-hidden", "true");
      this._wanted = 0;
      this.draw();
      map.on("resize", this.draw, this);
    },
    getEvents() {
      return { moveend: this.draw, zoomanim: this._grow, viewreset: this.draw };
    },
    /** At the next frame, once. */
    ask() {
      if (!this._wanted) this._wanted = requestAnimationFrame(() => { this._wanted = 0; this.draw(); });
    },
    draw() {
      const map = this._map;
      if (!map || map._animatingZoom) return;
      const size = map.getSize();
      const margin = size.multiplyBy(AROUND).round();
      const [width, height] = [size.x + 2 * margin.x, size.y + 2 * margin.y];
      const ratio = Math.min(2, window.devicePixelRatio || 1);
      const canvas = this._canvas;
      const topLeft = map.containerPointToLayerPoint([-margin.x, -margin.y]);
      if (canvas.width !== width * ratio || canvas.height !== height * ratio) {
        canvas.width = width * ratio;
        canvas.height = height * ratio;
        canvas.style.width = `${width}px`;
        canvas.style.height = `${height}px`;
      }
      L.DomUtil.setPosition(canvas, topLeft);
      this._corner = map.layerPointToLatLng(topLeft);
      this._zoom = map.getZoom();
      const context = canvas.getContext("2d");
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, width, height);
      this._at = this._placing(topLeft, width);
      for (const painter of painters) painter({ context, zoom: this._zoom, width, height, at: this._at });
    },
    /** @param {any} topLeft @param {number} width */
    _placing(topLeft, width) {
      const world = 256 * 2 ** this._zoom;
      const origin = this._map.getPixelOrigin();
      const [dx, dy] = [-origin.x - topLeft.x, -origin.y - topLeft.y];
      return (/** @type {number} */ mx, /** @type {number} */ my) => {
        let x = mx * world + dx;
        x -= Math.round((x - width / 2) / world) * world;
        return [x, my * world + dy];
      };
    },
    /** @param {any} event */
    _grow(event) {
      const offset = this._map._latLngToNewLayerPoint(this._corner, event.zoom, event.center);
      L.DomUtil.setTransform(this._canvas, offset, this._map.getZoomScale(event.zoom, this._zoom));
    },
    /** Place on the canvas of a pointer event. @param {any} event */
    pointOf(event) {
      const at = L.DomUtil.getPosition(this._canvas);
      const point = this._map.containerPointToLayerPoint(event.containerPoint);
      return [point.x - at.x, point.y - at.y];
    },
    /** @param {number} mx @param {number} my */
    at(mx, my) { return this._at ? this._at(mx, my) : [NaN, NaN]; },
  });
  return new Layer({ pane: "overlayPane" });
}
