(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("case").textContent);
  const svg = document.getElementById("map");
  const make = (name, attributes) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    return node;
  };
  const UNITS = 1000;
  const [left, top, right, bottom] = data.views.window;
  let width = 1, height = 1, view = { x: 0, y: 0, k: 1 };

  // Where the reader looks: centre and map units per pixel, kept inside the drawn window.
  function look(x, y, k) {
    const widest = Math.max(0.05, Math.min((right - left) / width, (bottom - top) / height));
    k = Math.min(Math.max(k, 0.02), widest);
    const w = width * k / 2, h = height * k / 2;
    view = { x: Math.min(Math.max(x, left + w), right - w), y: Math.min(Math.max(y, top + h), bottom - h), k };
    schedule();
  }
  function fit(name) {
    const box = data.views[name];
    if (!box) return;
    look((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, Math.max((box[2] - box[0]) / width, (box[3] - box[1]) / height));
  }
  const toX = x => (x - view.x) / view.k + width / 2;
  const toY = y => (y - view.y) / view.k + height / 2;
  const latitude = y => Math.atan(Math.sinh(-y / UNITS * Math.PI / 180)) * 180 / Math.PI;

  let waiting = false;
  function schedule() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; draw(); });
  }
  function draw() {
    const { x, y, k } = view;
    svg.setAttribute("viewBox", `${x - width * k / 2} ${y - height * k / 2} ${width * k} ${height * k}`);
    svg.style.setProperty("--k", k);
    svg.classList.toggle("zoomed", width * k < 14 * UNITS);
    svg.classList.toggle("field-near", width * k < 2.5 * UNITS);
    svg.classList.toggle("runway-near", width * k < 0.4 * UNITS);
    const small = document.querySelector(".inset"), all = data.views.all;
    if (small && getComputedStyle(small).position === "absolute") small.style.visibility = width * k > 0.5 * (all[2] - all[0]) && height * k > 0.5 * (all[3] - all[1]) ? "hidden" : "";
    const shown = arrows();
    labels(shown);
    frame();
    scale();
    const here = document.getElementById("here");
    if (here) for (const [key, value] of [["x", x - width * k / 2], ["y", y - height * k / 2], ["width", width * k], ["height", height * k]]) here.setAttribute(key, value);
  }

  const heads = [...svg.querySelectorAll(".arrow")].map(node => {
    const [, x, y] = /translate\((-?[\d.]+)px, ?(-?[\d.]+)px\)/.exec(node.getAttribute("style"));
    return { node, x: +x, y: +y, leg: /leg\d/.exec(node.getAttribute("class"))[0] };
  });
  function arrows() {
    const kept = [];
    for (const head of heads) {
      const x = toX(head.x), y = toY(head.y);
      const free = kept.every(other => Math.hypot(other[0] - x, other[1] - y) > (other[2] === head.leg ? 55 : 16));
      head.node.style.display = free ? "" : "none";
      if (free) kept.push([x, y, head.leg]);
    }
    return kept;
  }

  // Labels, most important first, each where it covers nothing; else not at all.
  const texts = [...svg.querySelectorAll(".label")].map((node, order) => ({
    node, order, text: node.querySelector("text"), leader: node.querySelector(".leader"),
    x: +node.dataset.x, y: +node.dataset.y, rank: +node.dataset.rank, lines: node.querySelectorAll("tspan").length,
  })).sort((a, b) => a.rank - b.rank || a.order - b.order);
  const dots = [...svg.querySelectorAll(".dot.rank0, .field")].map(node => {
    const [, x, y] = /translate\((-?[\d.]+)px, ?(-?[\d.]+)px\)/.exec(node.getAttribute("style"));
    return [+x, +y];
  });
  function measure() {
    for (const label of texts) {
      label.node.style.display = "";
      label.w = Math.max(...[...label.node.querySelectorAll("tspan")].map(span => span.getComputedTextLength())) + 4;
      label.h = 14 * label.lines + 2;
    }
  }
  const places = [];
  for (const far of [12, 26, 46, 72, 100, 130]) for (const turn of [0, 180, 45, -45, 135, -135, 90, -90]) places.push([far, turn * Math.PI / 180]);
  function labels(shown) {
    const taken = [...document.querySelectorAll(".controls, .inset, .scale")].filter(node => node.style.visibility !== "hidden").map(node => {
      const box = node.getBoundingClientRect(), map = svg.getBoundingClientRect();
      return [box.left - map.left - 4, box.top - map.top - 4, box.right - map.left + 4, box.bottom - map.top + 4];
    }).filter(box => box[2] > box[0] + 8);
    for (const [x, y] of shown) taken.push([x - 4, y - 4, x + 4, y + 4]);
    const points = dots.map(([x, y]) => [toX(x), toY(y)]).filter(([x, y]) => x > -20 && y > -20 && x < width + 20 && y < height + 20);
    for (const [x, y] of points) taken.push([x - 6, y - 6, x + 6, y + 6]);
    const ways = near();
    for (const label of texts) {
      const x = toX(label.x), y = toY(label.y);
      let best = null, worst = null;
      if (x > 0 && y > 0 && x < width && y < height) {
        const reach = label.rank <= 2 ? places.length : 16;
        for (let i = 0; i < reach; i++) {
          const [far, turn] = places[i];
          const dx = far * Math.cos(turn), dy = far * Math.sin(turn) * 0.9;
          let x0 = x + dx - (Math.cos(turn) < -0.1 ? label.w : Math.cos(turn) < 0.1 ? label.w / 2 : 0);
          const y0 = y + dy - (Math.sin(turn) < -0.1 ? label.h : Math.sin(turn) < 0.1 ? label.h / 2 : 0);
          // Above or below a point, a wide label may slide along.
          if (Math.abs(turn) !== 0 && Math.abs(turn) !== Math.PI) x0 = Math.max(4, Math.min(x0, width - 4 - label.w));
          const box = [x0, y0, x0 + label.w, y0 + label.h];
          if (box[0] < 4 || box[1] < 4 || box[2] > width - 3 || box[3] > height - 18) continue;
          const covered = taken.filter(other => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3]).length;
          let crossed = 0;
          for (const [px, py] of ways) if (px > box[0] && px < box[2] && py > box[1] && py < box[3]) crossed++;
          const cost = far * 0.7 + i * 0.2 + Math.min(crossed, 8) * 14;
          const place = { cost: cost + covered * 200, box, far, dx, dy };
          if (!covered && (!best || cost < best.cost)) best = place;
          if (!worst || place.cost < worst.cost) worst = place;
        }
        if (label.rank === 0) best = best || worst;
      }
      label.node.style.display = best ? "" : "none";
      if (!best) continue;
      taken.push(best.box);
      const [x0, y0] = best.box;
      for (const span of label.node.querySelectorAll("tspan")) span.setAttribute("x", (x0 - x + 2).toFixed(1));
      label.text.setAttribute("y", (y0 - y + 12).toFixed(1));
      const endX = Math.min(Math.max(0, x0 - x), x0 - x + label.w), endY = Math.min(Math.max(0, y0 - y + 2), y0 - y + label.h);
      label.leader.setAttribute("d", best.far > 20 ? `M0 0L${endX.toFixed(1)} ${endY.toFixed(1)}` : "");
    }
  }
  // Places on the lines in sight, for labels to keep off.
  const courses = data.ways.flatMap(way => [[way.x, way.y, 10], ...way.between.map(([xs, ys]) => [xs, ys, 1])]);
  function near() {
    const found = [];
    for (const [xs, ys, unit] of courses) {
      let lastX = NaN, lastY = NaN;
      for (let i = 0; i < xs.length; i++) {
        const x = toX(xs[i] / unit), y = toY(ys[i] / unit);
        const steps = Math.min(40, Math.ceil(Math.hypot(x - lastX, y - lastY) / 10)) || 1;
        for (let s = 1; s <= steps; s++) {
          const px = steps > 1 ? lastX + (x - lastX) * s / steps : x, py = steps > 1 ? lastY + (y - lastY) * s / steps : y;
          if (px > 0 && py > 0 && px < width && py < height) found.push([px, py]);
        }
        lastX = x; lastY = y;
      }
    }
    return found.length > 4000 ? found.filter((_, i) => i % Math.ceil(found.length / 4000) === 0) : found;
  }

  const edge = document.getElementById("frame");
  function frame() {
    const nodes = [];
    const span = width * view.k / UNITS;
    const step = [0.1, 0.5, 1, 2, 5, 10, 20, 30].find(s => span / s <= Math.max(3, width / 130)) || 30;
    const digits = step < 1 ? 1 : 0;
    const say = (value, plus, minus) => `${Math.abs(value).toFixed(digits)}\u00b0${Math.abs(value) > 179.99 || Math.abs(value) < 0.01 ? "" : value > 0 ? plus : minus}`;
    const first = (view.x - width * view.k / 2) / UNITS + data.meridian;
    for (let lon = Math.ceil(first / step) * step; lon < first + span; lon += step) {
      const x = toX((lon - data.meridian) * UNITS);
      if (x < 60 || x > width - 40) continue;
      nodes.push([x, height - 5, say((lon + 540) % 360 - 180, "E", "W"), "middle"]);
    }
    const low = latitude(view.y + height * view.k / 2), high = latitude(view.y - height * view.k / 2);
    for (let lat = Math.ceil(low / step) * step; lat < high; lat += step) {
      const y = toY(-Math.asinh(Math.tan(lat * Math.PI / 180)) * 180 / Math.PI * UNITS);
      if (y < 14 || y > height - 60) continue;
      nodes.push([5, y + 3.5, say(lat, "N", "S"), "start"]);
    }
    edge.replaceChildren(...nodes.map(([x, y, text, anchor]) => {
      const node = make("text", { "text-anchor": anchor });
      node.style.transform = `translate(${view.x + (x - width / 2) * view.k}px,${view.y + (y - height / 2) * view.k}px) scale(var(--k))`;
      node.textContent = text;
      return node;
    }));
  }
  const bar = document.getElementById("scale");
  function scale() {
    const nm = view.k / UNITS * 60 * Math.cos(latitude(view.y) * Math.PI / 180);
    const fits = [0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000].filter(d => d / nm <= 130).pop() || 0.1;
    const line = document.createElement("div"), text = document.createElement("span");
    line.style.width = `${fits / nm}px`;
    const km = fits * 1.852;
    text.textContent = `${fits} NM (${km < 10 ? km.toFixed(1) : Math.round(km)} km)`;
    bar.replaceChildren(line, text);
    bar.style.bottom = "22px";
  }

  const readout = document.getElementById("readout");
  function tell(px, py) {
    let best = null, least = 18;
    for (const way of data.ways) for (let i = 0; i < way.x.length; i++) {
      const far = Math.hypot(toX(way.x[i] / 10) - px, toY(way.y[i] / 10) - py);
      if (far < least) { least = far; best = [way, i]; }
    }
    if (!best) return readout.replaceChildren();
    const [way, i] = best, x = way.x[i] / 10, y = way.y[i] / 10;
    const ft = way.ft[i] === null ? "" : `, ${way.ft[i].toLocaleString("en")} ft`;
    const place = `translate(${x}px,${y}px) scale(var(--k))`;
    const ring = make("circle", { r: 6 }), text = make("text", { x: toX(x) > width / 2 ? -12 : 12, y: -12, "text-anchor": toX(x) > width / 2 ? "end" : "start" });
    text.textContent = `${way.name} ${new Date(way.at[i] * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC${ft}`;
    ring.style.transform = text.style.transform = place;
    readout.replaceChildren(ring, text);
  }

  function zoom(factor, px = width / 2, py = height / 2) {
    const x = view.x + (px - width / 2) * view.k, y = view.y + (py - height / 2) * view.k;
    const widest = Math.min((right - left) / width, (bottom - top) / height);
    const k = Math.min(Math.max(view.k * factor, 0.02), widest);
    look(x - (px - width / 2) * k, y - (py - height / 2) * k, k);
  }
  const at = event => { const box = svg.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
  svg.addEventListener("wheel", event => { event.preventDefault(); zoom(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.004), ...at(event)); }, { passive: false });
  const fingers = new Map();
  svg.addEventListener("pointerdown", event => { svg.setPointerCapture(event.pointerId); fingers.set(event.pointerId, at(event)); tell(...at(event)); });
  svg.addEventListener("pointermove", event => {
    const before = fingers.get(event.pointerId), now = at(event);
    if (!before) return tell(...now);
    const others = [...fingers].filter(([id]) => id !== event.pointerId);
    fingers.set(event.pointerId, now);
    if (others.length) {
      const [ox, oy] = others[0][1];
      const was = Math.hypot(before[0] - ox, before[1] - oy), is = Math.hypot(now[0] - ox, now[1] - oy);
      if (was > 0 && is > 0) zoom(was / is, (now[0] + ox) / 2, (now[1] + oy) / 2);
    }
    const share = others.length ? 0.5 : 1;
    look(view.x - (now[0] - before[0]) * view.k * share, view.y - (now[1] - before[1]) * view.k * share, view.k);
  });
  for (const name of ["pointerup", "pointercancel"]) svg.addEventListener(name, event => fingers.delete(event.pointerId));
  svg.addEventListener("dblclick", event => zoom(0.5, ...at(event)));
  svg.addEventListener("keydown", event => {
    const step = 60 * view.k;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (moves[event.key]) look(view.x + moves[event.key][0], view.y + moves[event.key][1], view.k);
    else if (event.key === "+" || event.key === "=") zoom(0.7);
    else if (event.key === "-") zoom(1 / 0.7);
    else if (event.key === "0") fit(start);
    else return;
    event.preventDefault();
  });
  document.addEventListener("click", event => {
    const asked = event.target.closest("[data-view], button[data-zoom]");
    if (!asked) return;
    if (asked.dataset.zoom) return zoom(asked.dataset.zoom === "in" ? 0.6 : 1 / 0.6);
    fit(asked.dataset.view);
    if (asked.closest("article")) svg.closest(".sheet").scrollIntoView({ block: "start" });
  });

  try {
    const names = new Intl.DisplayNames(["en"], { type: "region" });
    for (const node of document.querySelectorAll("[data-country]")) {
      const name = /^[A-Z]{2}$/.test(node.dataset.country) ? names.of(node.dataset.country) : "";
      if (name && name !== node.dataset.country) node.textContent = `${name} (${node.dataset.country})`;
    }
  } catch { /* The code alone is told. */ }

  const start = data.views.flight0 ? "flight0" : "all";
  function resize() {
    const box = svg.getBoundingClientRect(), first = width === 1;
    if (!box.width || !box.height) return;
    width = box.width; height = box.height;
    if (first) { measure(); fit(location.hash.slice(1) in data.views ? location.hash.slice(1) : start); } else look(view.x, view.y, view.k);
  }
  new ResizeObserver(resize).observe(svg);
  resize();
})();
