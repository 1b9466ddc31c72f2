// The layout editor: draws, moves, sizes, orders and fills the zones of a layout, and puts the result as JSON into the
// page's form. The page gives it, below #editor:
//
//   form#design-form    with textarea[name=design], the layout as the API has it
//   svg#canvas          with the layout's own size as its view box
//   #zones              list of the zones, topmost first
//   #zone               fields of the selected zone, by name
//   #tools              buttons with data-do, select[name=grid]
//   #whole              fields of the layout as a whole, by data-of
//   #note               says what was done, for screen readers
//
// Every change goes through `edit`, which keeps what was there for undoing.
"use strict";

(() => {
  const editor = document.getElementById("editor");
  if (!editor) return;
  const SVG = "http://www.w3.org/2000/svg";
  const SMALLEST = 8;
  const MOST = 32;
  const part = (id) => document.getElementById(id);
  const form = part("design-form");
  const field = form.elements.design;
  const canvas = part("canvas");
  const list = part("zones");
  const fields = part("zone");
  const grid = part("tools").querySelector("[name=grid]");
  const note = part("note");

  let design = JSON.parse(field.value);
  let saved = field.value = JSON.stringify(design);
  let selected = design.zones.length ? top(design.zones).id : null;
  let drawing = false;
  const past = [], future = [];

  // ---- the zones

  function top(zones) { return ordered(zones)[0]; }
  // Topmost first: the higher z, of equal ones the later in the list.
  function ordered(zones) {
    return zones.map((zone, at) => [zone, at]).sort(([a, i], [b, j]) => (b.z || 0) - (a.z || 0) || j - i).map(([zone]) => zone);
  }
  function zone(id = selected) { return design.zones.find((zone) => zone.id === id); }
  function title(zone) { return zone.name || KINDS[zone.content.kind] || "Zone"; }
  function free(name) {
    let number = 1;
    while (design.zones.some((zone) => zone.id === name + number)) number += 1;
    return name + number;
  }

  const KINDS = { playlist: "Media list", web: "Web page", text: "Text", clock: "Clock", dataset: "Data" };

  function edit(change, words) {
    const before = JSON.stringify(design);
    change();
    keep(before, words);
  }
  function keep(before, words) {
    const after = JSON.stringify(design);
    if (after === before) return;
    past.push(before);
    if (past.length > 200) past.shift();
    future.length = 0;
    field.value = after;
    if (words) note.textContent = words;
    show();
  }
  function step(from, to, words) {
    if (!from.length) return;
    to.push(JSON.stringify(design));
    design = JSON.parse(from.pop());
    if (!zone()) selected = design.zones.length ? top(design.zones).id : null;
    field.value = JSON.stringify(design);
    note.textContent = words;
    show();
  }

  function fit(zone) {
    zone.width = Math.min(Math.max(Math.round(zone.width), SMALLEST), design.width);
    zone.height = Math.min(Math.max(Math.round(zone.height), SMALLEST), design.height);
    zone.x = Math.min(Math.max(Math.round(zone.x), 0), design.width - zone.width);
    zone.y = Math.min(Math.max(Math.round(zone.y), 0), design.height - zone.height);
  }
  function snap(value) {
    const size = Number(grid.value);
    return size ? Math.round(value / size) * size : Math.round(value);
  }

  function add(box) {
    if (design.zones.length >= MOST) {
      note.textContent = `A layout has at most ${MOST} zones.`;
      return;
    }
    edit(() => {
      const z = design.zones.length ? (top(design.zones).z || 0) + 1 : 0;
      const content = { kind: "text", text: "Text", style: {} };
      const fresh = { id: free("zone"), name: "", z, content, ...box };
      fit(fresh);
      design.zones.push(fresh);
      selected = fresh.id;
    }, "Zone added.");
    fields.querySelector("input")?.focus();
  }

  const ACTIONS = {
    draw() {
      drawing = !drawing;
      note.textContent = drawing ? "Draw a rectangle on the picture." : "";
      show();
    },
    add() {
      add({ x: design.width / 4, y: design.height / 4, width: design.width / 2, height: design.height / 2 });
    },
    duplicate() {
      const from = zone();
      if (!from || design.zones.length >= MOST) return;
      edit(() => {
        const copy = { ...structuredClone(from), id: free("zone"), x: from.x + 20, y: from.y + 20, z: (top(design.zones).z || 0) + 1 };
        fit(copy);
        design.zones.push(copy);
        selected = copy.id;
      }, "Zone duplicated.");
    },
    remove() {
      if (!zone()) return;
      edit(() => {
        design.zones = design.zones.filter((one) => one.id !== selected);
        selected = design.zones.length ? top(design.zones).id : null;
      }, "Zone removed.");
    },
    columns() { split("width", "x", "Split into two columns."); },
    rows() { split("height", "y", "Split into two rows."); },
    up() { shift(-1, "Moved to the front."); },
    down() { shift(1, "Moved to the back."); },
    undo() { step(past, future, "Undone."); },
    redo() { step(future, past, "Done again."); },
  };
  function act(name) { ACTIONS[name]?.(); }

  function split(size, from, words) {
    const whole = zone();
    if (!whole || whole[size] < 2 * SMALLEST || design.zones.length >= MOST) return;
    edit(() => {
      const half = Math.floor(whole[size] / 2);
      const second = { ...structuredClone(whole), id: free("zone"), [from]: whole[from] + half, [size]: whole[size] - half };
      whole[size] = half;
      design.zones.push(second);
      selected = second.id;
    }, words);
  }
  // Numbers the zones anew in the order that is seen, with the selected one a place further.
  function shift(by, words) {
    const order = ordered(design.zones);
    const at = order.findIndex((one) => one.id === selected);
    const to = at + by;
    if (at < 0 || to < 0 || to >= order.length) return;
    edit(() => {
      [order[at], order[to]] = [order[to], order[at]];
      order.forEach((one, place) => { one.z = order.length - 1 - place; });
    }, words);
  }

  // ---- what is seen

  function node(name, attributes, ...children) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  function show() {
    canvas.classList.toggle("drawing", drawing);
    canvas.replaceChildren(node("rect", { width: design.width, height: design.height, fill: design.background || "#000000" }));
    const unit = design.width / 100;
    for (const one of ordered(design.zones).reverse()) {
      const { x, y, width, height } = one;
      const group = node("g", { "data-zone": one.id, class: one.id === selected ? "zone selected" : "zone" });
      group.append(node("rect", { x, y, width, height, ...(one.background ? { fill: one.background, "fill-opacity": 1 } : {}) }));
      const label = node("text", { x: x + unit, y: y + 2.4 * unit, "font-size": 1.8 * unit });
      label.textContent = `${title(one)} ${width} × ${height}`;
      group.append(label);
      if (one.id === selected) {
        for (const [edge, ex, ey] of [["nw", 0, 0], ["ne", 1, 0], ["sw", 0, 1], ["se", 1, 1]]) {
          const side = 1.6 * unit;
          group.append(node("rect", {
            "data-edge": edge, class: "handle", width: side, height: side,
            x: x + ex * width - side / 2, y: y + ey * height - side / 2,
          }));
        }
      }
      canvas.append(group);
    }
    list.replaceChildren(...ordered(design.zones).map((one) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "quiet";
      button.textContent = title(one);
      button.setAttribute("aria-pressed", String(one.id === selected));
      button.addEventListener("click", () => { selected = one.id; show(); });
      const item = document.createElement("li");
      item.append(button);
      return item;
    }));
    part("no-zone").hidden = design.zones.length > 0;
    fill();
    for (const button of part("tools").querySelectorAll("[data-do]")) {
      const name = button.dataset.do;
      button.disabled = name === "undo" ? !past.length : name === "redo" ? !future.length
        : !["draw", "add"].includes(name) && !zone();
      if (name === "draw") button.setAttribute("aria-pressed", String(drawing));
    }
    part("unsaved").hidden = field.value === saved;
  }

  // ---- the fields of the selected zone

  const NUMBERS = ["x", "y", "width", "height", "z"];
  const SECONDS = { "content.reloadMs": 1000, "content.refreshMs": 1000 };

  function read(one, name) {
    return name.split(".").reduce((value, key) => value?.[key], one);
  }
  function write(one, name, value) {
    const keys = name.split(".");
    const last = keys.pop();
    const holder = keys.reduce((value, key) => (value[key] ??= {}), one);
    if (value === undefined || value === "") delete holder[last];
    else holder[last] = value;
  }

  function fill() {
    const one = zone();
    fields.hidden = !one;
    if (!one) return;
    for (const input of fields.querySelectorAll("[name]")) {
      if (input === document.activeElement && input.type !== "color") continue;
      let value = read(one, input.name);
      if (input.name in SECONDS && value !== undefined) value /= SECONDS[input.name];
      if (input.name === "content.columns") value = (value || []).join(", ");
      if (input.type === "color") value ??= input.dataset.default;
      input.value = value ?? input.dataset.default ?? "";
    }
    for (const group of fields.querySelectorAll("[data-kind]")) {
      group.hidden = !group.dataset.kind.split(" ").includes(one.content.kind);
    }
    fields.querySelector("[name='transition.durationMs']").closest("div").hidden = !one.transition;
  }

  const EMPTY = {
    playlist: () => ({ kind: "playlist", playlist: fields.querySelector("[name='content.playlist']").options[0]?.value || "" }),
    web: () => ({ kind: "web", url: "https://" }),
    text: () => ({ kind: "text", text: "Text", style: {} }),
    clock: () => ({ kind: "clock", format: "%H:%M", style: {} }),
    dataset: () => ({ kind: "dataset", url: "https://", refreshMs: 60000, style: {} }),
  };

  fields.addEventListener("change", (event) => {
    const one = zone();
    const input = event.target;
    if (!one || !input.name) return;
    edit(() => {
      let value = input.value;
      if (input.name === "content.kind") {
        one.content = EMPTY[value]();
        return;
      }
      if (input.name === "transition.kind") {
        if (value) one.transition = { kind: value, durationMs: one.transition?.durationMs ?? 500 };
        else delete one.transition;
        return;
      }
      if (input.name === "content.columns") value = value.split(",").map((name) => name.trim()).filter(Boolean);
      else if (input.type === "number") value = value === "" ? undefined : Math.round(Number(value) * (SECONDS[input.name] || 1));
      write(one, input.name, value);
      if (NUMBERS.includes(input.name)) {
        one[input.name] ??= 0;
        fit(one);
      }
    });
  });
  fields.addEventListener("click", (event) => {
    const name = event.target.dataset.clear;
    if (name && zone()) edit(() => write(zone(), name, undefined));
  });

  part("whole").addEventListener("change", (event) => {
    const input = event.target;
    if (input.dataset.of) edit(() => write(design, input.dataset.of, input.value));
  });

  // ---- the pointer

  function at(event) {
    const matrix = canvas.getScreenCTM().inverse();
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
    return { x: Math.min(Math.max(point.x, 0), design.width), y: Math.min(Math.max(point.y, 0), design.height) };
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    const start = at(event);
    const before = JSON.stringify(design);
    const picked = event.target.closest("[data-zone]")?.dataset.zone;
    let move;
    if (drawing || !picked) {
      if (!drawing) {
        canvas.focus();
        return;
      }
      const from = { x: snap(start.x), y: snap(start.y) };
      const frame = node("rect", { class: "frame" });
      canvas.append(frame);
      let box;
      move = (to) => {
        const x = snap(to.x), y = snap(to.y);
        box = { x: Math.min(from.x, x), y: Math.min(from.y, y), width: Math.abs(x - from.x), height: Math.abs(y - from.y) };
        for (const [key, value] of Object.entries(box)) frame.setAttribute(key, value);
      };
      follow(event, move, () => {
        drawing = false;
        frame.remove();
        if (box && box.width >= SMALLEST && box.height >= SMALLEST) add(box);
        else show();
      });
      return;
    }
    selected = picked;
    const one = zone();
    const was = { ...one };
    const edge = event.target.dataset.edge;
    move = (to) => {
      const dx = to.x - start.x, dy = to.y - start.y;
      if (!edge) {
        one.x = snap(was.x + dx);
        one.y = snap(was.y + dy);
      } else {
        const right = was.x + was.width, bottom = was.y + was.height;
        if (edge.includes("w")) one.x = Math.min(snap(was.x + dx), right - SMALLEST);
        if (edge.includes("n")) one.y = Math.min(snap(was.y + dy), bottom - SMALLEST);
        one.width = edge.includes("w") ? right - one.x : snap(was.width + dx);
        one.height = edge.includes("n") ? bottom - one.y : snap(was.height + dy);
      }
      fit(one);
      show();
    };
    show();
    canvas.focus();
    follow(event, move, () => keep(before, ""));
  });

  function follow(event, move, end) {
    canvas.setPointerCapture(event.pointerId);
    const moved = (event) => move(at(event));
    const ended = () => {
      canvas.removeEventListener("pointermove", moved);
      canvas.removeEventListener("pointerup", ended);
      canvas.removeEventListener("pointercancel", ended);
      end();
    };
    canvas.addEventListener("pointermove", moved);
    canvas.addEventListener("pointerup", ended);
    canvas.addEventListener("pointercancel", ended);
  }

  // ---- the keyboard

  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  canvas.addEventListener("keydown", (event) => {
    const one = zone();
    const arrow = ARROWS[event.key];
    if (arrow && one) {
      event.preventDefault();
      const by = event.altKey ? 1 : Number(grid.value) || 10;
      edit(() => {
        const [x, y] = event.shiftKey ? ["width", "height"] : ["x", "y"];
        one[x] += arrow[0] * by;
        one[y] += arrow[1] * by;
        fit(one);
      }, `${title(one)}: ${one.x}, ${one.y}, ${one.width} × ${one.height}`);
      return;
    }
    const command = event.ctrlKey || event.metaKey;
    const name = event.key === "Delete" ? "remove" : event.key === "PageUp" ? "up" : event.key === "PageDown" ? "down"
      : command && event.key === "d" ? "duplicate" : command && event.key === "z" ? (event.shiftKey ? "redo" : "undo")
      : command && event.key === "y" ? "redo" : event.key === "Escape" && drawing ? "draw" : null;
    if (name) {
      event.preventDefault();
      act(name);
    }
  });

  // ---- leaving

  let sending = false;
  form.addEventListener("submit", () => { sending = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!sending && field.value !== saved) event.preventDefault();
  });

  editor.hidden = false;
  part("tools").addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) act(button.dataset.do);
  });
  show();
})();
