// The words that Streamlit writes itself and has no setting for, in Italian: names for screen readers and the
// messages about the connection. A word that a new version changes stays in English, nothing else breaks.
"use strict";

const WORDS = new Map([
  ["App pages", "Pagine"],
  ["Clear value", "Cancella la scelta"],
  ["Close", "Chiudi"],
  ["Collapse sidebar", "Chiudi il menu"],
  ["Connection error", "Collegamento interrotto"],
  ["Decrement", "Diminuisci"],
  ["Expand sidebar", "Apri il menu"],
  ["Increment", "Aumenta"],
  ["Logo", "Osservatorio, Ambito Territoriale di Seregno"],
  ["Main menu", "Menu principale"],
  ["Navigate to home page", "Vai alla prima pagina"],
  ["No results", "Nessun risultato"],
  ["Notifications", "Notifiche"],
  ["Open", "Apri"],
  ["Page not found", "Pagina non trovata"],
  ["Scrollable table", "Tabella che scorre"],
  ["Sidebar", "Menu"],
  ["Skip to main content", "Vai al contenuto"],
]);

const BEGINNINGS = [
  ["Help for ", "Definizione: "],
];

const SENTENCES = [
  [/^(Is Streamlit still running|Streamlit server is not responding).*/s,
    "Il cruscotto non risponde: forse è stato chiuso. Riavvialo con «osservatorio dashboard» e ricarica la pagina."],
  [/^(You have requested page|The page that you have requested).*/s,
    "L'indirizzo richiesto non esiste: si mostra la prima pagina."],
  [/^streamlit run .*/s, "osservatorio dashboard"],
];

const ATTRIBUTES = ["aria-label", "title", "alt"];

function inItalian(text) {
  const words = text.trim();
  if (WORDS.has(words)) return WORDS.get(words);
  for (const [english, italian] of BEGINNINGS) {
    if (words.startsWith(english)) return italian + words.slice(english.length);
  }
  for (const [pattern, italian] of SENTENCES) {
    if (pattern.test(words)) return italian;
  }
  return null;
}

function translateElement(element) {
  for (const name of ATTRIBUTES) {
    const italian = element.hasAttribute(name) ? inItalian(element.getAttribute(name)) : null;
    if (italian !== null && italian !== element.getAttribute(name)) element.setAttribute(name, italian);
  }
}

const SKIP = "[data-testid=stSkipToContent]";

// Only what floats above the page: the page itself holds data, which is never touched.
function translateText(node) {
  if (!node.parentElement || !node.parentElement.closest(`[role=dialog], [role=listbox], ${SKIP}`)) return;
  const italian = inItalian(node.nodeValue);
  if (italian !== null && italian !== node.nodeValue) node.nodeValue = italian;
}

// Tables and drawings hold data alone, and most of a page's elements.
const DATA = ".tabella, svg";

function translate(node) {
  if (node.nodeType === Node.TEXT_NODE) {
    translateText(node);
  } else if (node.nodeType === Node.ELEMENT_NODE) {
    translateElement(node);
    if (!node.matches(DATA)) node.childNodes.forEach(translate);
  }
}

new MutationObserver((changes) => {
  for (const change of changes) {
    if (change.type === "childList") change.addedNodes.forEach(translate);
    else if (change.type === "attributes") translateElement(change.target);
    else translateText(change.target);
  }
}).observe(document.documentElement, {
  subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES,
});
