// What is wrong with a page for people who see little, use no mouse, or hear it. Arguments: "all", or "colours" for
// contrast only; and the width of the window. Answers a list of sentences. The rules are those of WCAG 2.2, level AA.
const [what, width] = arguments;
const wrong = [];
const squash = (text) => (text ?? "").replace(/\s+/g, " ").trim();
const name = (element) => {
  const id = element.id ? `#${element.id}` : "";
  const classes = [...element.classList].map((one) => `.${one}`).join("");
  return `<${element.localName}${id}${classes}> "${squash(element.innerText ?? element.textContent).slice(0, 40)}"`;
};
const shown = (element) => {
  const box = element.getBoundingClientRect();
  return element.checkVisibility({ visibilityProperty: true }) && box.width > 1 && box.height > 1;
};
const every = (selector) => [...document.querySelectorAll(selector)].filter(shown);

// Colours.
const parse = (text) => {
  const rgb = /^rgba?\(([^)]+)\)$/.exec(text);
  if (rgb) {
    const [r, g, b, a = "1"] = rgb[1].split(/[,/ ]+/).filter(Boolean);
    return [Number(r), Number(g), Number(b), Number(a)];
  }
  const srgb = /^color\(srgb ([^)]+)\)$/.exec(text);
  if (srgb) {
    const [r, g, b, a = "1"] = srgb[1].split(/[/ ]+/).filter(Boolean);
    return [r * 255, g * 255, b * 255, Number(a)];
  }
  throw new Error(`a colour that the check cannot read: ${text}`);
};
const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
const canvas = matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18, 1] : [255, 255, 255, 1];
const grounds = new Map();
const ground = (element) => {
  if (!element) return canvas;
  if (!grounds.has(element)) {
    grounds.set(element, over(parse(getComputedStyle(element).backgroundColor), ground(element.parentElement)));
  }
  return grounds.get(element);
};
const light = ([r, g, b]) => {
  const linear = (value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
};
const ratio = (one, other) => {
  const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
};
const check = (element, colour, behind, least, of) => {
  const found = ratio(over(parse(colour), behind), behind);
  if (found < least) wrong.push(`contrast ${found.toFixed(2)} instead of ${least}: ${of} of ${name(element)}`);
};
const text = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const seen = new Set();
while (text.nextNode()) {
  const element = text.currentNode.parentElement;
  if (!text.currentNode.data.trim() || seen.has(element) || !shown(element)) continue;
  seen.add(element);
  if (element.closest(":disabled, svg, option, datalist, script, noscript")) continue;
  const style = getComputedStyle(element);
  const size = parseFloat(style.fontSize);
  const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
  check(element, style.color, ground(element), large ? 3 : 4.5, "text");
  if (element.matches("a") && style.textDecorationLine === "none" && style.borderStyle === "none" && element.closest("p, dd, li") && !element.closest("nav")) {
    wrong.push(`a link inside a text that only its colour tells: ${name(element)}`);
  }
}
for (const field of every("input:not([type=hidden]), textarea, select")) {
  if (field.disabled) continue;
  check(field, getComputedStyle(field).color, ground(field), 4.5, "value");
  if (field.placeholder) check(field, getComputedStyle(field, "::placeholder").color, ground(field), 4.5, "placeholder");
  if (!field.matches("[type=checkbox], [type=radio], [type=range], [type=file]")) {
    check(field, getComputedStyle(field).borderTopColor, ground(field.parentElement), 3, "border");
  }
}
for (const cell of every("td[data-label]")) {
  const style = getComputedStyle(cell, "::before");
  if (style.content !== "none") check(cell, style.color, ground(cell), 4.5, "label");
}
if (what === "colours") return wrong;

// Structure.
if (!document.documentElement.lang) wrong.push("the page does not say its language");
if (!document.title) wrong.push("no title");
if (every("h1").length !== 1) wrong.push(`${every("h1").length} h1`);
let level = 0;
for (const heading of every("h1, h2, h3, h4, h5, h6")) {
  const next = Number(heading.localName[1]);
  if (next > level + 1) wrong.push(`from h${level} to h${next}: ${name(heading)}`);
  if (!squash(heading.innerText)) wrong.push("an empty heading");
  level = next;
}
if (every("main").length !== 1) wrong.push(`${every("main").length} main`);
if (every("body > header").length !== 1) wrong.push("no head of the page");
const navigations = every("nav");
for (const nav of navigations) if (!nav.ariaLabel) wrong.push(`a nav without a name: ${name(nav)}`);
if (new Set(navigations.map((nav) => nav.ariaLabel)).size < navigations.length) wrong.push("two navs of one name");
for (const child of document.body.children) {
  if (shown(child) && !child.matches("header, main, footer, nav, aside, dialog, script, a")) {
    wrong.push(`outside of all landmarks: ${name(child)}`);
  }
}
const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) wrong.push(`two elements have the id ${id}`);
for (const attribute of ["for", "aria-describedby", "aria-labelledby", "aria-controls", "list"]) {
  for (const element of document.querySelectorAll(`[${attribute}]`)) {
    for (const id of element.getAttribute(attribute).split(/\s+/)) {
      if (!document.getElementById(id)) wrong.push(`${attribute} names #${id}, which is not there: ${name(element)}`);
    }
  }
}
for (const element of document.querySelectorAll("[style], [onclick]")) wrong.push(`inline style or script: ${name(element)}`);

// Names.
const labelled = (element) => squash(element.ariaLabel) || element.getAttribute("aria-labelledby");
for (const field of every("input:not([type=hidden]), textarea, select")) {
  const labels = [...(field.labels ?? [])].filter((label) => squash(label.textContent));
  if (labels.length === 0 && !labelled(field)) wrong.push(`a field without a label: ${field.outerHTML.slice(0, 120)}`);
}
for (const element of every("a[href], button, summary, [role=button]")) {
  const picture = element.querySelector("img[alt]:not([alt='']), svg[aria-label]");
  if (!squash(element.innerText) && !labelled(element) && !picture) wrong.push(`nothing to call it by: ${element.outerHTML.slice(0, 120)}`);
}
for (const image of every("img")) if (!image.hasAttribute("alt")) wrong.push(`no alt: ${image.src}`);
for (const image of every("svg")) {
  if (!image.ariaLabel && image.ariaHidden !== "true" && !image.closest("[aria-hidden=true]")) wrong.push("a drawing without a name");
}
for (const media of every("video, audio")) if (!media.controls) wrong.push("media without controls");
for (const media of every("iframe")) if (!media.title) wrong.push("a frame without a title");

// Tables.
for (const table of every("table")) {
  const heads = [...table.querySelectorAll("thead th")];
  if (heads.length === 0) wrong.push(`a table without headers: ${name(table)}`);
  if (heads.some((head) => head.scope !== "col")) wrong.push(`a header without its scope: ${name(table)}`);
  for (const row of table.querySelectorAll("tbody tr")) {
    if (!row.querySelector("th[scope=row]")) wrong.push(`a row without its header: ${name(row)}`);
    const cells = [...row.children].reduce((sum, cell) => sum + cell.colSpan, 0);
    if (cells !== heads.length) wrong.push(`${cells} cells under ${heads.length} headers: ${name(row)}`);
    for (const cell of row.querySelectorAll("td")) {
      // On a phone the headers are gone, and each cell says itself what it is.
      if (squash(cell.innerText) && !cell.dataset.label) wrong.push(`a cell that does not say what it is: ${name(cell)}`);
    }
  }
}

// Keyboard: everything can be reached, in the order of the page, and shows it.
const focusable = every("a[href], button:not(:disabled), input:not([type=hidden]):not(:disabled), select:not(:disabled), textarea:not(:disabled), summary, [tabindex]");
for (const element of document.querySelectorAll("[tabindex]")) if (element.tabIndex > 0) wrong.push(`tabindex ${element.tabIndex}: ${name(element)}`);
for (const element of every("[onclick], [role=button]")) if (element.tabIndex < 0) wrong.push(`not for the keyboard: ${name(element)}`);
const focused = document.activeElement;
const scroll = [window.scrollX, window.scrollY];
for (const element of focusable) {
  if (element.tabIndex < 0) continue;
  element.focus({ focusVisible: true, preventScroll: true });
  if (document.activeElement !== element) continue;
  const style = getComputedStyle(element);
  if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) wrong.push(`nobody sees that it has the focus: ${name(element)}`);
}
if (focused && focused !== document.body) {
  focused.focus({ preventScroll: true });
} else {
  // The next Tab begins where it would have begun.
  document.body.tabIndex = -1;
  document.body.focus({ preventScroll: true });
  document.body.removeAttribute("tabindex");
}
window.scrollTo(...scroll);
// What scrolls by itself has to be reachable.
for (const element of every("main *")) {
  const style = getComputedStyle(element);
  if (element.scrollWidth > element.clientWidth + 1 && /auto|scroll/.test(style.overflowX) && element.tabIndex < 0 && !element.matches("textarea, select, input")) {
    wrong.push(`scrolls, but not by keyboard: ${name(element)}`);
  }
}

// Targets: 24 by 24 pixels, or as much room around; links inside a text excepted.
const targets = every("a[href], button, input:not([type=hidden]), select, textarea, summary");
const boxes = targets.map((target) => {
  const label = target.matches("[type=checkbox], [type=radio]") ? target.closest("label") : null;
  return (label ?? target).getBoundingClientRect();
});
const inText = (target) => {
  if (!target.matches("a") || getComputedStyle(target).display !== "inline") return false;
  return squash(target.parentElement.innerText) !== squash(target.innerText);
};
targets.forEach((target, at) => {
  const box = boxes[at];
  if ((box.width >= 24 && box.height >= 24) || inText(target)) return;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const near = boxes.findIndex((other, index) => {
    if (index === at || targets[index].contains(target)) return false;
    const small = other.width < 24 || other.height < 24;
    const [dx, dy] = small
      ? [other.x + other.width / 2 - x, other.y + other.height / 2 - y]
      : [Math.max(other.left - x, 0, x - other.right), Math.max(other.top - y, 0, y - other.bottom)];
    return Math.hypot(dx, dy) < (small ? 24 : 12);
  });
  if (near >= 0) wrong.push(`only ${box.width.toFixed()} by ${box.height.toFixed()} pixels, and too near to ${name(targets[near])}: ${name(target)}`);
});

// Room: nothing sticks out to the right, nothing is cut off.
const wide = document.documentElement.scrollWidth;
if (wide > width) {
  const sticks = every("body *").filter((element) => element.getBoundingClientRect().right > width + 1);
  wrong.push(`${wide} pixels wide in a window of ${width}: ${sticks.slice(0, 3).map(name).join(", ")}`);
}
for (const element of every("main *")) {
  const style = getComputedStyle(element);
  if (style.overflowX === "hidden" && element.scrollWidth > element.clientWidth + 1 && style.textOverflow !== "ellipsis") {
    wrong.push(`cut off on the right: ${name(element)}`);
  }
}
return wrong;
