// Links inside tables that make a choice of this page: they change the address and the page follows, as with the
// browser's back button, instead of opening another tab. Then the part of the page that the link names is shown.
"use strict";

const PATIENCE = 5000;
const PAUSE = 100;

function isRunning() {
  const app = document.querySelector("[data-testid=stApp]");
  return !app || app.dataset.testScriptState !== "notRunning";
}

function showWhenReady(name, until) {
  const part = document.querySelector(`.st-key-${CSS.escape(name)}`);
  if (part && !isRunning()) {
    part.scrollIntoView({ behavior: "smooth", block: "center" });
  } else if (Date.now() < until) {
    setTimeout(showWhenReady, PAUSE, name, until);
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest('.tabella a[href^="?"]');
  if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const [address, name] = link.getAttribute("href").split("#");
  history.pushState({}, "", address);
  window.dispatchEvent(new PopStateEvent("popstate"));
  if (name) setTimeout(showWhenReady, 3 * PAUSE, name, Date.now() + PATIENCE);
});
