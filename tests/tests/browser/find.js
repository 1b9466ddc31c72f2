// Finds what a person means by the words that stand on it: arguments are what kind of thing, its words, and words
// that stand near it (or ""). Answers the element, or a text that says why there is none.
const [kind, words, near] = arguments;
const squash = (text) => (text ?? "").replace(/\s+/g, " ").trim();
const plain = (text) => squash(text).toLowerCase().replace(/ \(optional\)$/, "");
const shown = (element) => {
  const box = element.getBoundingClientRect();
  return element.checkVisibility({ visibilityProperty: true }) && box.width > 1 && box.height > 1;
};
const said = (element) => element.getAttribute("aria-label") ?? element.innerText;
const KINDS = {
  click: "a[href], button, summary, label:has(> input), label[for]",
  field: "input:not([type=hidden], [type=submit]), textarea, select",
};
const names = (element) => {
  if (kind === "click") return [said(element), element.innerText];
  const labels = [...(element.labels ?? [])].flatMap((label) => [label.innerText, label.firstChild?.textContent]);
  return [element.getAttribute("aria-label"), ...labels].filter(Boolean);
};
const all = [...document.querySelectorAll(KINDS[kind])].filter(shown);
let found = all.filter((element) => names(element).some((name) => plain(name) === plain(words)));
// A label only where nothing else has the words.
const proper = found.filter((element) => element.localName !== "label");
if (proper.length > 0) found = proper;
if (near) {
  const around = "tr, li, section, article, fieldset, dialog, form, .card, nav, header";
  const depth = (element) => {
    for (let steps = 0, at = element.closest(around); at; at = at.parentElement?.closest(around), steps += 1) {
      if (plain(at.innerText).includes(plain(near))) return steps;
    }
    return Infinity;
  };
  const nearest = Math.min(...found.map(depth));
  found = nearest === Infinity ? [] : found.filter((element) => depth(element) === nearest);
}
// The same link twice, in the navigation and in a text, is one to a person.
if (found.length > 1 && found.every((element) => element.href && element.href === found[0].href)) found = [found[0]];
// What is in the page itself before what is in its head.
const inner = found.filter((element) => element.closest("main"));
if (found.length > 1 && inner.length === 1) found = inner;
if (found.length === 1) return found[0];
const there = [...new Set(all.flatMap(names).map(squash).filter(Boolean))].join(" | ");
return `${found.length} of ${JSON.stringify(words)}${near ? ` near ${JSON.stringify(near)}` : ""} on "${document.title}"; there are: ${there}`;
