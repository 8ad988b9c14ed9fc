/* renlin.js - what helps where scripts run; every page works without it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
"use strict";

(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector) => document.querySelectorAll(selector);

  /* Errors are read first, also where autofocus is not honoured. */
  $(".errors")?.focus();

  /* Minus and plus beside a number; kept within its least and most. */
  for (const button of all("[data-step]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const input = $("input", button.parentElement);
      const step = Number(input.step) || 1;
      const places = (input.step.split(".")[1] || "").length;
      const least = input.min === "" ? -Infinity : Number(input.min);
      const most = input.max === "" ? Infinity : Number(input.max);
      const next = (Number(input.value) || 0) + step * button.dataset.step;
      input.value = Math.min(most, Math.max(least, next)).toFixed(places);
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  /* What was typed is not lost by a slip; a form is sent once. */
  let unsent = null;
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-guard]");
    if (form) unsent = form;
  });
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    const form = event.target;
    if (form.method !== "post") return;
    if (form.ariaBusy === "true") {
      event.preventDefault();
      return;
    }
    form.ariaBusy = "true";
    if (unsent === form) unsent = null;
  });
  addEventListener("beforeunload", (event) => {
    if (unsent) event.preventDefault();
  });
  addEventListener("pageshow", () => {
    for (const form of all("form[aria-busy]")) form.ariaBusy = "false";
  });

  /* / searches, ? lists the keys. */
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, dialog")) return;
    if (event.key === "/") {
      const search = $("input[type=search]");
      if (!search) return;
      event.preventDefault();
      search.focus();
    } else if (event.key === "?") {
      $("#keys")?.showModal();
    }
  });

  /* Reads the page aloud; pressed again, it stops. */
  const read = $("[data-read]");
  if (read && "speechSynthesis" in window) {
    read.hidden = false;
    read.addEventListener("click", () => {
      if (speechSynthesis.speaking) {
        speechSynthesis.cancel();
        return;
      }
      const main = $("main").cloneNode(true);
      for (const skip of main.querySelectorAll("button, svg, [hidden]"))
        skip.remove();
      const speech = new SpeechSynthesisUtterance(
        main.innerText.replace(/\s*\n\s*/g, "。"));
      speech.lang = document.documentElement.lang;
      speech.rate = 0.9;
      speechSynthesis.speak(speech);
    });
    addEventListener("pagehide", () => speechSynthesis.cancel());
  }

  /* A lost connection is said once, quietly; the page stays usable. */
  const live = $("#live");
  const say = (lost) => {
    if (!live || live.classList.contains("lost") === lost) return;
    live.classList.toggle("lost", lost);
    live.textContent = lost ? live.dataset.lost : "";
  };
  addEventListener("offline", () => say(true));
  addEventListener("online", () => say(false));
  document.addEventListener("htmx:sse:error", () => say(true));
  document.addEventListener("htmx:sse:after:connection", () => say(false));
})();
