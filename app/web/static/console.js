// Keys of the console, and a few seconds in which a decision can be taken back. Every page works without this file:
// each key presses a control that can be seen, and without a script the buttons send at once.
"use strict";

(() => {
  const body = document.body;
  const byId = (id) => document.getElementById(id);
  const form = document.querySelector("form#decide");
  const waitS = Number(body.dataset.wait || 0);

  for (const each of document.querySelectorAll(".needs-script")) each.hidden = false;

  // ---- decisions that wait: kept by the tab until the server has answered; their key makes sending twice harmless ----
  const STORE = "lintan.waiting";
  const read = () => JSON.parse(sessionStorage.getItem(STORE) || "null");
  const keep = (waiting) => sessionStorage.setItem(STORE, JSON.stringify(waiting));
  const drop = () => sessionStorage.removeItem(STORE);
  const strip = byId("strip");
  let timer = 0;

  function post(waiting) {
    return fetch(waiting.action, {
      method: "POST",
      body: new URLSearchParams(waiting.fields),
      redirect: "manual", // The way on is a redirect; its page is not needed here.
      credentials: "same-origin",
      keepalive: true, // Goes out even while the page is being left.
    });
  }

  async function send(waiting) {
    clearInterval(timer);
    show(waiting, strip.dataset.sending, { back: false });
    keep({ ...waiting, sent: true });
    let answer;
    try {
      answer = await post(waiting);
    } catch {
      keep({ ...waiting, sent: true, failed: true });
      show(waiting, strip.dataset.offline, { back: false, again: true, stop: true });
      return;
    }
    if (answer.type === "opaqueredirect") {
      drop();
      show(waiting, strip.dataset.sent, { back: false });
      setTimeout(() => { strip.hidden = true; }, 4000);
    } else if (answer.status >= 500 || answer.headers.has("Retry-After")) {
      keep({ ...waiting, sent: true, failed: true });
      show(waiting, strip.dataset.offline, { back: false, again: true, stop: true });
    } else {
      drop();
      show(waiting, strip.dataset.failed, { back: false, open: true, stop: true });
    }
  }

  function show(waiting, text, { back, again = false, open = false, stop = false }) {
    strip.hidden = false;
    strip.classList.toggle("strip-stop", stop);
    const what = strip.dataset[waiting.verdict].replace("{what}", waiting.what);
    byId("strip-said").textContent = text ? `${what}　${text}` : what;
    byId("strip-count").textContent = "";
    byId("strip-back").hidden = !back;
    byId("strip-again").hidden = !again;
    byId("strip-case").hidden = !open;
    byId("strip-case").href = waiting.action;
  }

  function count(waiting) {
    const left = Math.ceil((waiting.dueAt - Date.now()) / 1000);
    if (left <= 0) return send(waiting);
    byId("strip-count").textContent = strip.dataset.in.replace("{seconds}", left);
    return undefined;
  }

  function takeBack() {
    const waiting = read();
    if (!waiting || waiting.sent) return;
    clearInterval(timer);
    drop();
    location.assign(waiting.action);
  }

  const found = strip ? read() : null;
  if (found && found.sent) {
    send(found); // Sent while a page was left: ask again under the same key how it ended.
  } else if (found) {
    keep({ ...found, from: "" }); // From here on, leaving the page sends it.
    show(found, "", { back: true });
    timer = setInterval(() => count(found), 250);
    count(found);
  }
  if (strip) {
    byId("strip-back").addEventListener("click", takeBack);
    byId("strip-again").addEventListener("click", () => { const waiting = read(); if (waiting) send(waiting); });
    window.addEventListener("pagehide", () => {
      const waiting = read();
      // One that was decided on this very page goes along to the next page, and waits there.
      if (waiting && !waiting.sent && waiting.from !== location.href) {
        keep({ ...waiting, sent: true });
        post(waiting).catch(() => {});
      }
    });
    // A page out of the browser's memory shows what was true before: fetch it anew.
    window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  }

  // ---- deciding ----
  function unanswered() {
    const questions = form ? [...form.querySelectorAll(".question")] : [];
    return questions.find((each) => !each.querySelector(":checked"));
  }

  function willPass(verdict) {
    if (verdict === "approve") return !unanswered() && !form.querySelector(".question [data-forbids]:checked");
    const reason = form.querySelector(`[name="reason.${verdict}"]:checked`);
    return Boolean(reason) && (reason.value !== "other" || byId(`note-${verdict}`).value.trim() !== "");
  }

  if (form) {
    form.addEventListener("submit", (event) => {
      const verdict = event.submitter ? event.submitter.value : "";
      if (verdict === "approve" && unanswered()) {
        event.preventDefault();
        byId("first-answer").classList.add("note-stop");
        const first = unanswered();
        first.scrollIntoView({ block: "center" });
        first.querySelector("input").focus();
        return;
      }
      const before = read();
      // The server tells at once what is wrong; only what should pass is held back.
      if (!waitS || !verdict || !willPass(verdict) || (before && before.failed)) return;
      event.preventDefault();
      if (before) { clearInterval(timer); keep({ ...before, sent: true }); post(before).catch(() => {}); }
      const fields = [...new FormData(form).entries()].concat([["verdict", verdict]]);
      keep({
        verdict, fields, what: form.dataset.what, action: form.action, from: location.href, dueAt: Date.now() + waitS * 1000,
      });
      location.assign(byId("next").href);
    });
  }

  // ---- photos ----
  function nextPhoto() {
    const shots = [...document.querySelectorAll(".shot")];
    const now = shots.findIndex((each) => !each.hidden);
    if (shots.length < 2) return;
    shots[now].hidden = true;
    shots[(now + 1) % shots.length].hidden = false;
  }

  function zoom(to) {
    const button = byId("zoom");
    if (!button) return;
    const on = document.querySelector(".c").classList.toggle("zoomed", to);
    button.setAttribute("aria-pressed", String(on));
    if (on) byId("photos").scrollIntoView();
  }

  if (byId("zoom")) byId("zoom").addEventListener("click", () => zoom());
  if (byId("next-photo")) byId("next-photo").addEventListener("click", (event) => { event.preventDefault(); nextPhoto(); });

  // ---- keys ----
  const rows = [...document.querySelectorAll(".q-tbl tbody th a")];

  function moveRow(step) {
    const now = rows.indexOf(document.activeElement);
    const next = rows[Math.min(rows.length - 1, Math.max(0, now + step))];
    if (!next) return;
    for (const row of document.querySelectorAll(".q-tbl .cur")) row.classList.remove("cur");
    next.closest("tr").classList.add("cur");
    next.focus();
  }

  function openReasons(verdict) {
    const chosen = byId(`why-${verdict}`);
    if (!chosen) return;
    for (const each of document.querySelectorAll(".reasons")) each.open = each === chosen;
    chosen.querySelector("summary").focus();
    chosen.scrollIntoView({ block: "nearest" });
  }

  function pick(number) {
    const open = document.querySelector(".reasons[open]");
    const within = open || form;
    const option = within && within.querySelector(`input[data-key="${number}"]`);
    if (!option || (!open && !option.closest(".question"))) return;
    option.checked = true;
    option.focus();
  }

  function enter(event) {
    const open = document.querySelector(".reasons[open]");
    const at = document.activeElement;
    if (open && (at.type === "radio" || (at.tagName === "SUMMARY" && open.querySelector(":checked")))) {
      event.preventDefault();
      open.querySelector("button").click();
    } else if (byId("start") && (at === body || at.id === "h1")) {
      byId("start").click();
    }
  }

  function close() {
    for (const each of document.querySelectorAll(".reasons[open], #keys[open]")) each.open = false;
    zoom(false);
    document.activeElement.blur();
  }

  const press = (id) => () => { const control = byId(id); if (control) control.click(); };
  const KEYS = {
    a: press("approve"), j: () => (rows.length ? moveRow(1) : press("next")()), k: () => moveRow(-1),
    m: () => openReasons("needs_more"), r: () => openReasons("reject"), u: takeBack, x: nextPhoto, z: () => zoom(),
    "/": () => { if (byId("number")) byId("number").focus(); },
    "?": () => { const keys = byId("keys"); if (keys) { keys.open = !keys.open; keys.querySelector("summary").focus(); } },
  };
  let wasG = false;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key === "Escape") { close(); return; }
    if (event.key === "Enter") { enter(event); return; }
    const at = event.target;
    const isField = at.matches("input:not([type=radio]), textarea, select");
    if (isField || body.dataset.keys !== "on" || event.repeat) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (wasG && key === "q") { location.assign(body.dataset.queue); return; }
    wasG = key === "g";
    if (/^[1-9]$/.test(key)) pick(key);
    else if (KEYS[key]) { event.preventDefault(); KEYS[key](); }
  });
})();
