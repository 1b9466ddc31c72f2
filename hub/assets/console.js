// What the pages of the console do beyond their forms. Every page works without it, except the layout editor.
"use strict";

// Live pages: when the hub says that something has changed, the page is fetched again and its parts that are marked
// with data-live and an id take the place of those on the screen. What somebody is writing in stays as it is.
(() => {
  const SOONEST = 1000, AGES = 60000, LONGEST = 60000;
  const parts = () => [...document.querySelectorAll("[data-live][id]")];
  if (!parts().length || !window.EventSource) return;
  let source = null, retry = null, tries = 0, due = null, last = 0, busy = false, again = false;

  const focusable = "a[href], button, input, select, textarea, summary, [tabindex]";
  const isOpen = (part) => {
    const active = document.activeElement;
    return (part.contains(active) && active.matches("input, select, textarea")) || part.querySelector("details[open], dialog[open]");
  };
  const replace = (part, fresh) => {
    if (part.innerHTML === fresh.innerHTML || isOpen(part)) return;
    const index = [...part.querySelectorAll(focusable)].indexOf(document.activeElement);
    part.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
    if (index >= 0) [...part.querySelectorAll(focusable)][index]?.focus({ preventScroll: true });
  };
  const refresh = async () => {
    if (busy) { again = true; return; }
    busy = true;
    last = Date.now();
    try {
      const answer = await fetch(location.href, { credentials: "same-origin", redirect: "manual" });
      // Signed out: the page stays as it is, and the next click leads to the sign-in.
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of parts()) {
        const next = fresh.getElementById(part.id);
        if (next) replace(part, next);
      }
      document.dispatchEvent(new CustomEvent("live"));
    } catch { /* The hub is away; the next event or minute tries again. */ } finally {
      busy = false;
      if (again) { again = false; soon(); }
    }
  };
  const soon = () => {
    if (due === null && !document.hidden) {
      due = setTimeout(() => { due = null; refresh(); }, Math.max(0, last + SOONEST - Date.now()));
    }
  };
  const close = () => {
    source?.close();
    source = null;
    clearTimeout(retry);
  };
  const open = () => {
    close();
    source = new EventSource("/events");
    source.onopen = () => { if (tries > 0) soon(); tries = 0; };
    source.onmessage = soon;
    source.onerror = () => {
      close();
      tries += 1;
      retry = setTimeout(open, Math.min(LONGEST, 1000 * 2 ** Math.min(tries, 6)) * (0.5 + Math.random() / 2));
    };
  };
  // A browser holds few connections to one host: only the page that is looked at has one.
  document.addEventListener("visibilitychange", () => { if (document.hidden) close(); else { open(); soon(); } });
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => { if (event.persisted) open(); });
  // "5 minutes ago" grows older without any event.
  setInterval(() => { if (Date.now() - last >= AGES) soon(); }, AGES / 4);
  last = Date.now();
  if (!document.hidden) open();
})();
