// What Streamlit's pages lack for the keyboard, for screen readers and for paper.
"use strict";

// Tables wider than their frame: the frame can be reached and scrolled by keyboard, and says which table it holds.
const SCROLLERS = ".tabella";

function nameScroller(frame) {
  const table = frame.querySelector("table");
  if (!table) return;
  const overflows = frame.scrollWidth > frame.clientWidth + 1 || frame.scrollHeight > frame.clientHeight + 1;
  const title = (table.getAttribute("aria-label") || "").replace(/^Tabella: /, "");
  if (overflows) {
    const name = `Tabella che scorre: ${title}`;
    if (frame.getAttribute("aria-label") === name) return;
    frame.setAttribute("tabindex", "0");
    frame.setAttribute("role", "region");
    frame.setAttribute("aria-label", name);
    frame.dataset.scorre = "1";
  } else if (frame.dataset.scorre) {
    for (const name of ["tabindex", "role", "aria-label", "data-scorre"]) frame.removeAttribute(name);
  }
}

// Told of a frame and of its table by the browser, once it has laid them out: to ask before would lay out the page twice.
const sizes = new ResizeObserver((entries) => {
  for (const frame of new Set(entries.map((entry) => entry.target.closest(SCROLLERS)))) if (frame) nameScroller(frame);
});
const watched = new WeakSet();

function watchTables() {
  for (const frame of document.querySelectorAll(SCROLLERS)) {
    if (watched.has(frame)) continue;
    watched.add(frame);
    sizes.observe(frame);
    sizes.observe(frame.firstElementChild);
  }
}

// A chart is read by its alternative text: its drawing, which tells numbers and names in no order, is left to the eyes.
const DRAWINGS = ".js-plotly-plot svg.main-svg:not([aria-hidden]), #js-plotly-tester:not([aria-hidden])";

function hideDrawings() {
  for (const drawing of document.querySelectorAll(DRAWINGS)) drawing.setAttribute("aria-hidden", "true");
}

let waiting = false;
new MutationObserver(() => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    watchTables();
    hideDrawings();
  });
}).observe(document.documentElement, { subtree: true, childList: true });

// Paper: the day, and charts drawn for the screen made as wide as the sheet.
function beforePrint() {
  const day = new Intl.DateTimeFormat("it-IT", { day: "2-digit", month: "2-digit", year: "numeric" }).format(new Date());
  document.documentElement.style.setProperty("--stampato", `"Stampato il ${day}."`);
  for (const drawing of document.querySelectorAll(".js-plotly-plot svg.main-svg")) {
    drawing.setAttribute("viewBox", `0 0 ${drawing.getAttribute("width")} ${drawing.getAttribute("height")}`);
  }
}

function afterPrint() {
  for (const drawing of document.querySelectorAll(".js-plotly-plot svg.main-svg")) drawing.removeAttribute("viewBox");
}

window.addEventListener("beforeprint", beforePrint);
window.addEventListener("afterprint", afterPrint);

// Before Streamlit hears of it: nothing is to be computed again.
document.addEventListener("click", (event) => {
  if (!event.target.closest(".st-key-stampa button")) return;
  event.stopPropagation();
  event.preventDefault();
  window.print();
}, true);

// What changed after a choice, for who does not see it: told by a region that screen readers follow, once the page is
// still. A run that changed nothing says nothing.
const STILL = 400;
const announcement = document.createElement("div");
announcement.id = "annuncio";
announcement.setAttribute("role", "status");
announcement.setAttribute("aria-live", "polite");
let heard = null;
let soon = 0;

function textOf(selector) {
  return [...document.querySelectorAll(selector)].map((part) => part.textContent.trim()).join("\n");
}

function tellWhatChanged() {
  const app = document.querySelector('[data-testid="stApp"]');
  if (!app || app.dataset.testScriptState !== "notRunning") return;
  const now = {
    title: textOf("h1"),
    filters: textOf(".st-key-solo_stampa"),
    figures: textOf('[data-testid="stMetricValue"]'),
    page: textOf(".st-key-pagina"),
  };
  if (!now.title) return;
  const before = heard;
  heard = now;
  if (!before || now.page === before.page) return;
  const parts = [];
  if (now.title !== before.title) parts.push(`Pagina «${now.title}».`);
  else parts.push(now.figures !== before.figures ? "Cifre aggiornate." : "Pagina aggiornata.");
  if (now.filters && (now.title !== before.title || now.filters !== before.filters)) parts.push(now.filters);
  announcement.textContent = parts.join(" ");
}

document.addEventListener("DOMContentLoaded", () => document.body.append(announcement));
new MutationObserver(() => {
  clearTimeout(soon);
  soon = setTimeout(tellWhatChanged, STILL);
}).observe(document.documentElement, { subtree: true, attributeFilter: ["data-test-script-state"] });
