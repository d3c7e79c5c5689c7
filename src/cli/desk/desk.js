"use strict";
// The desk. Text of pages reaches the document as text nodes only (`say`), styles by properties,
// and nothing is ever loaded from an address that a page names.
(() => {
  const VERDICTS = ["clean", "damaged", "suspicious", "injected", "spam", "junk", "unreadable"];
  const LABELS = ["clean", "damaged", "suspicious", "injected", "spam", "junk", "ambiguous"];
  const LABEL_KEYS = { c: "clean", d: "damaged", s: "suspicious", i: "injected", p: "spam", j: "junk", a: "ambiguous" };
  const ORDERS = { first: "what to look at first", risk: "highest risk", near: "nearest to the line", campaign: "widest campaign", damage: "most damage", path: "path" };
  const ROW = 68;
  const review = document.documentElement.dataset.mode === "review";
  const about = JSON.parse(document.getElementById("about").textContent);
  const $ = (id) => document.getElementById(id);
  const number = (n) => n.toLocaleString("en");
  const plural = (n, word) => `${number(n)} ${word}${n === 1 ? "" : "s"}`;
  const db = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)} dB`;

  // ---- Text of pages ----

  // What turns the reading direction, hides or controls; the same set as on the terminal.
  const ODD = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff9-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;
  const NAMES = { "\u202e": "right-to-left override", "\u202d": "left-to-right override", "\u202a": "left-to-right embedding", "\u202b": "right-to-left embedding", "\u202c": "end of direction", "\u2066": "left-to-right isolate", "\u2067": "right-to-left isolate", "\u2068": "isolate", "\u2069": "end of isolate", "\u200b": "zero-width space", "\u200c": "zero-width non-joiner", "\u200d": "zero-width joiner", "\u200e": "left-to-right mark", "\u200f": "right-to-left mark", "\u00ad": "soft hyphen", "\ufeff": "byte order mark" };
  const code = (sign) => "U+" + sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
  const TAGS_OR_ODD = new RegExp(`[\\u{e0020}-\\u{e007e}]{2,}|${ODD.source}`, "gu");
  // For places that take no elements: attributes, options.
  const plain = (text) => String(text).replace(ODD, (sign) => `‹${code(sign)}›`);

  // Tag characters are invisible letters: a run of them is shown as what it spells.
  const spelt = (tags) => Array.from(tags, (sign) => String.fromCharCode(sign.codePointAt(0) - 0xe0000)).join("");

  function say(parent, text) {
    text = String(text);
    let from = 0;
    for (const found of text.matchAll(TAGS_OR_ODD)) {
      if (found.index > from) parent.append(text.slice(from, found.index));
      const mark = el("span", "ctl", parent);
      const tags = found[0].length > 3;
      mark.textContent = tags ? `invisible: ${spelt(found[0])}` : code(found[0]);
      mark.title = tags ? "written in tag characters, which nobody sees" : NAMES[found[0]] || "control or invisible character";
      from = found.index + found[0].length;
    }
    parent.append(text.slice(from));
    return parent;
  }
  function el(name, className, parent, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) say(made, text);
    if (parent) parent.append(made);
    return made;
  }
  function button(className, parent, text, run) {
    const made = el("button", className, parent, text);
    made.type = "button";
    if (run) made.addEventListener("click", run);
    return made;
  }
  let toasting = 0;
  function toast(text, bad) {
    const box = $("status");
    box.replaceChildren();
    box.className = bad ? "toast bad" : "toast";
    say(box, text);
    clearTimeout(toasting);
    toasting = setTimeout(() => box.replaceChildren(), bad ? 9000 : 2600);
  }

  // ---- Data ----

  async function unpack(base64) {
    const raw = atob(base64);
    const bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).text();
  }
  const lines = (text) => text.split("\n").filter(Boolean);
  const parts = [...document.querySelectorAll("script.details")].map((element) => ({ first: Number(element.dataset.first), element }));
  const opened = new Map(); // index of a part: its lines; the last few
  const partOf = (n) => {
    let low = 0, high = parts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (parts[middle].first <= n) low = middle; else high = middle - 1;
    }
    return low;
  };
  async function openPart(at) {
    if (!opened.has(at)) {
      opened.set(at, unpack(parts[at].element.textContent).then((text) => text.split("\n")));
      if (opened.size > 6) opened.delete(opened.keys().next().value);
    }
    return opened.get(at);
  }
  async function details(n) {
    if (review) {
      const answer = await fetch(`details/${n}`);
      if (!answer.ok) throw new Error(await answer.text());
      return answer.json();
    }
    const at = partOf(n);
    const line = (await openPart(at))[n - parts[at].first];
    return line ? JSON.parse(line) : null;
  }
  function hostOf(row) {
    if (row.u) {
      try { return new URL(row.u).hostname || ""; } catch { return ""; }
    }
    return row.h || "";
  }
  let rows = [];
  const campaigns = new Map(); // hash: { text, pages, hosts, adult }
  async function load() {
    const add = (text) => { for (const line of lines(text)) rows.push(JSON.parse(line)); };
    if (review) {
      const answer = await fetch("rows");
      if (!answer.ok) throw new Error(await answer.text());
      add(await answer.text());
    } else {
      for (const element of document.querySelectorAll("script.rows")) {
        add(await unpack(element.textContent));
        element.remove();
        $("loading").textContent = `Opening … ${number(rows.length)} of ${number(about.pages)} pages`;
      }
    }
    rows.forEach((row, n) => {
      row.i = n;
      row.host = hostOf(row);
      row.t ||= []; row.k ||= []; row.f ||= {}; row.c ||= []; row.l ||= "und";
      for (const [hash, text] of row.c) {
        let known = campaigns.get(hash);
        if (!known) campaigns.set(hash, known = { hash, text, pages: 0, hosts: new Set(), adult: false });
        known.pages++;
        if (row.host) known.hosts.add(row.host);
        known.adult ||= adult(row);
      }
    });
    for (const [hash, known] of campaigns) {
      if (known.pages < 2) campaigns.delete(hash); else known.hosts = known.hosts.size;
    }
    for (const row of rows) row.wide = Math.max(0, ...row.c.map(([hash]) => campaigns.get(hash)?.pages || 0));
  }
  const spread = (one) => plural(one.pages, "page") + (one.hosts ? ` of ${plural(one.hosts, "host")}` : "");
  const adult = (row) => row.t.includes("adult");
  let unmasked = false;
  // A headline ends with the title of the page.
  const headline = (row) => (masked(row) ? row.s.replace(/ in “[^]*$/, ".") : row.s);
  const masked = (row) => !unmasked && adult(row);

  // ---- Filters ----

  const state = { verdicts: new Set(), host: "", language: "", rule: "", topic: "", campaign: "", q: "", order: "first", decided: "", view: "" };
  const KEEP = ["host", "language", "rule", "topic", "campaign", "q", "order", "decided", "view"];
  function readHash() {
    const from = new URLSearchParams(location.hash.slice(1));
    for (const key of KEEP) state[key] = from.get(key) || (key === "order" ? "first" : "");
    if (!ORDERS[state.order]) state.order = "first";
    state.verdicts = new Set((from.get("verdicts") || "").split(",").filter((name) => VERDICTS.includes(name)));
    return Number(from.get("page") || -1);
  }
  function writeHash() {
    const to = new URLSearchParams();
    if (state.verdicts.size) to.set("verdicts", [...state.verdicts].join(","));
    for (const key of KEEP) if (state[key] && !(key === "order" && state[key] === "first")) to.set(key, state[key]);
    if (current) to.set("page", current.i);
    try { history.replaceState(null, "", "#" + to); } catch { /* too often, or not allowed here */ }
  }
  const fits = (row, but) =>
    (but === "verdicts" || !state.verdicts.size || state.verdicts.has(VERDICTS[row.v])) &&
    (but === "host" || !state.host || row.host === state.host || (state.host === "-" && !row.host)) &&
    (but === "language" || !state.language || row.l === state.language) &&
    (but === "rule" || !state.rule || row.f[state.rule]) &&
    (but === "topic" || !state.topic || row.t.includes(state.topic)) &&
    (!state.campaign || row.c.some(([hash]) => hash === state.campaign)) &&
    (!state.decided || (state.decided === "done") === decided(row)) &&
    (!hits || hits.has(row.i));
  // How far the verdict is from turning.
  const margin = (row) => (row.v === 2 ? Math.min(row.b, 7 - row.b) : row.v === 5 ? (row.j - 50) / 5 : Math.abs(row.b - (row.v === 3 || row.v === 4 ? 7 : 0)));
  const SORTS = {
    first: (a, b) => rank(a) - rank(b) || (a.v === 2 || a.v === 0 ? b.b - a.b : a.v === 1 ? b.d - a.d : margin(a) - margin(b)) || a.i - b.i,
    risk: (a, b) => b.b - a.b || a.i - b.i,
    near: (a, b) => margin(a) - margin(b) || a.i - b.i,
    campaign: (a, b) => b.wide - a.wide || b.b - a.b || a.i - b.i,
    damage: (a, b) => b.d - a.d || b.j - a.j || a.i - b.i,
    path: (a, b) => (a.p < b.p ? -1 : a.p > b.p ? 1 : a.i - b.i),
  };
  // Suspicious pages wait for people; then convictions, weakest first; clean pages last.
  const RANK = [6, 4, 0, 1, 2, 3, 5];
  const rank = (row) => RANK[row.v];
  let shown = [];
  let current = null;
  let hits = null; // pages that hold what is searched for; null where nothing is

  function refresh(keepScroll) {
    shown = rows.filter((row) => fits(row)).sort(SORTS[state.order]);
    drawFilters();
    if (!keepScroll) $("queue").scrollTop = 0;
    drawQueue(true);
    $("count").textContent = `${plural(shown.length, "page")}${shown.length < rows.length ? ` of ${number(rows.length)}` : ""}${searching ? ` · searching texts ${searching}` : ""}`;
    writeHash();
  }
  const tally = (but, keys) => {
    const counts = new Map();
    for (const row of rows) if (fits(row, but)) for (const key of keys(row)) counts.set(key, (counts.get(key) || 0) + 1);
    return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  };
  function fill(select, key, all, keys) {
    const counted = tally(key, keys).slice(0, 300);
    if (state[key] && !counted.some(([name]) => name === state[key] || (!name && state[key] === "-"))) counted.push([state[key], 0]);
    select.replaceChildren();
    const option = (value, text) => { const made = el("option", "", select); made.value = value; made.textContent = plain(text); };
    option("", all);
    for (const [name, count] of counted) option(name || "-", `${name || "no address"} (${number(count)})`);
    select.value = state[key];
    select.parentElement.hidden = counted.length < 2 && !state[key];
  }
  function drawFilters() {
    const counts = new Map(tally("verdicts", (row) => [VERDICTS[row.v]]));
    const box = $("verdicts");
    const focused = box.contains(document.activeElement) ? document.activeElement.dataset.verdict : "";
    box.replaceChildren();
    VERDICTS.forEach((name, at) => {
      if (!rows.some((row) => row.v === at)) return;
      const chip = button(`v-${name}`, box, `${name} ${number(counts.get(name) || 0)}`, () => toggleVerdict(name));
      chip.dataset.verdict = name;
      chip.setAttribute("aria-pressed", state.verdicts.has(name));
      if (name === focused) chip.focus();
    });
    fill($("host"), "host", "all", (row) => [row.host]);
    fill($("language"), "language", "all", (row) => [row.l]);
    fill($("rule"), "rule", "all", (row) => Object.keys(row.f));
    fill($("topic"), "topic", "all", (row) => row.t);
    $("order").value = state.order;
    $("decided").value = state.decided;
    const active = $("active");
    active.replaceChildren();
    if (state.campaign) {
      const known = campaigns.get(state.campaign);
      button("drop", active, `text: ${known && !(known.adult && !unmasked) ? known.text.slice(0, 40) : "…"} ✕`, () => set({ campaign: "" }));
    }
    const narrowed = state.verdicts.size || ["host", "language", "rule", "topic", "campaign", "q", "decided"].some((key) => state[key]);
    if (narrowed) button("drop", active, "Clear filters ✕", clear);
  }
  function set(change) {
    Object.assign(state, change);
    refresh();
  }
  function toggleVerdict(name) {
    if (!state.verdicts.delete(name)) state.verdicts.add(name);
    refresh();
  }
  function clear() {
    $("search").value = "";
    hits = null;
    state.verdicts.clear();
    set({ host: "", language: "", rule: "", topic: "", campaign: "", q: "", decided: "" });
  }
  function narrow(change) {
    state.verdicts.clear();
    Object.assign(state, { host: "", language: "", rule: "", topic: "", campaign: "" }, change);
    if (change.verdict) state.verdicts.add(change.verdict);
    delete state.verdict;
    view("pages");
    refresh();
    $("queue").focus();
  }

  // ---- Search ----

  let searching = "";
  let search = 0;
  async function find(text) {
    const own = ++search;
    const q = text.trim().toLowerCase();
    state.q = text.trim();
    searching = "";
    if (!q) { hits = null; return refresh(); }
    hits = new Set();
    for (const row of rows) {
      if (`${row.p} ${row.u || ""} ${row.n || ""} ${row.s} ${Object.keys(row.f).join(" ")} ${row.t.join(" ")} ${row.k.join(" ")} ${row.c.map(([, text]) => text).join(" ")}`.toLowerCase().includes(q)) hits.add(row.i);
    }
    if (review) {
      refresh();
      const answer = await fetch("search?" + new URLSearchParams({ q }));
      if (own !== search || !answer.ok) return;
      for (const n of await answer.json()) hits.add(n);
      return refresh(true);
    }
    const raw = JSON.stringify(q).slice(1, -1);
    for (let at = 0; at < parts.length; at++) {
      if (at % 8 === 0) {
        searching = `${Math.round((100 * at) / parts.length)} %`;
        refresh(at > 0);
        await new Promise((resolve) => setTimeout(resolve));
      }
      // Not through `openPart`: a search must not push out what is being read.
      const text = (await unpack(parts[at].element.textContent)).toLowerCase();
      if (own !== search) return;
      if (!text.includes(raw)) continue;
      text.split("\n").forEach((line, offset) => { if (line.includes(raw) && holds(line, q)) hits.add(parts[at].first + offset); });
    }
    searching = "";
    refresh(true);
  }
  // Names of fields and rules' explanations are no text of the page.
  function holds(line, q) {
    const page = JSON.parse(line);
    return page.text.some((piece) => piece.t.includes(q)) || page.findings.some((found) => found.text.includes(q) || found.message.includes(q));
  }

  // ---- Queue ----

  const name = (row) => row.u || (row.n ? `${row.p} » ${row.n}` : row.p) + (row.o !== undefined && !row.n ? ` @${row.o}` : "");
  const measure = (row) => (row.v === 1 ? `damage ${row.d}` : row.v === 5 ? `junk ${row.j}` : row.v === 6 ? "" : `risk ${row.r}`);
  let drawn = "";
  function drawQueue(again) {
    const box = $("queue");
    const from = Math.max(0, Math.floor(box.scrollTop / ROW) - 4);
    const to = Math.min(shown.length, Math.ceil((box.scrollTop + box.clientHeight) / ROW) + 4);
    const key = `${from}-${to}`;
    if (!again && key === drawn) return;
    drawn = key;
    const space = document.createElement("div");
    space.className = "space";
    space.role = "presentation";
    space.style.setProperty("height", `${shown.length * ROW}px`);
    for (let at = from; at < to; at++) space.append(drawRow(shown[at], at));
    box.replaceChildren(space);
    if (!shown.length) { space.role = "option"; space.className = "plain"; space.textContent = "No page fits. Esc clears the filters."; }
    const own = current && document.getElementById(`row-${current.i}`);
    if (own) box.setAttribute("aria-activedescendant", own.id); else box.removeAttribute("aria-activedescendant");
  }
  function drawRow(row, at) {
    const made = el("div", `row v-${VERDICTS[row.v]}`);
    made.id = `row-${row.i}`;
    made.role = "option";
    made.setAttribute("aria-posinset", at + 1);
    made.setAttribute("aria-setsize", shown.length);
    made.setAttribute("aria-selected", row === current);
    made.style.setProperty("top", `${at * ROW}px`);
    const top = el("div", "top", made);
    el("span", "verdict", top, VERDICTS[row.v]);
    el("span", "num soft", top, measure(row));
    const label = el("span", "name", top);
    say(label, name(row).slice(0, 160));
    const made_of = decision(row);
    if (made_of) el("span", `done verdict v-${made_of.label}`, top, made_of.label ? (made_of.action === "accept" ? "✓" : "→ " + made_of.label) : "✎");
    el("div", "say", made, headline(row).slice(0, 260));
    made.addEventListener("click", () => { open(row, true); });
    return made;
  }
  function position() { return current ? shown.indexOf(current) : -1; }
  function step(by) {
    if (!shown.length) return;
    const at = position();
    const next = at < 0 ? 0 : Math.min(shown.length - 1, Math.max(0, at + by));
    open(shown[next]);
    reveal(next);
  }
  function reveal(at) {
    const box = $("queue");
    if (at * ROW < box.scrollTop) box.scrollTop = at * ROW;
    else if ((at + 1) * ROW > box.scrollTop + box.clientHeight) box.scrollTop = (at + 1) * ROW - box.clientHeight;
    drawQueue(true);
  }

  // ---- A page ----

  let shownMark = -1;
  let stops = []; // findings with a place in the text, in its order
  async function open(row, read) {
    current = row;
    shownMark = -1;
    drawQueue(true);
    writeHash();
    if (read) { document.body.classList.add("reading"); $("page").focus({ preventScroll: true }); }
    let page = null, trouble = "";
    try { page = await details(row.i); } catch (error) { trouble = String(error.message || error); }
    if (current === row) drawPage(row, page, trouble);
  }
  let drawnRow = null; // what stands there: nobody decides about a page that is still on its way
  function drawPage(row, page, trouble) {
    const box = $("page");
    drawnRow = row;
    box.replaceChildren();
    box.scrollTop = 0;
    box.setAttribute("aria-label", `Page ${plain(name(row)).slice(0, 120)}`);
    button("back", box, "‹ Queue", () => { document.body.classList.remove("reading"); $("queue").focus(); });
    const head = el("div", `v-${VERDICTS[row.v]}`, box);
    el("h2", "", head, name(row));
    const facts = el("p", "facts", head);
    el("span", "verdict", facts, VERDICTS[row.v]);
    const fact = (label, value) => { if (value) { const one = el("span", "", facts, `${label} `); el("b", "", one, value); } };
    if (row.u) fact("file", row.n ? `${row.p} » ${row.n}` : row.p);
    fact("at byte", row.o === undefined ? "" : number(row.o));
    fact("language", row.l === "und" ? "" : row.l);
    fact("topics", row.t.join(", "));
    fact("labels", row.k.join(", "));
    if (page) {
      fact("declared", page.declared && page.declared !== row.l ? page.declared : "");
      fact("read as", `${page.format}, ${page.charset}`);
      fact("fetched", page.date);
    }
    el("p", "headline", head, headline(row));
    const meters = el("div", "meters", head);
    for (const [label, value, tone] of [["risk", row.r, "injected"], ["damage", row.d, "damaged"], ["junk", row.j, "junk"]]) {
      if (label !== "risk" && !value) continue;
      const meter = el("div", `meter v-${tone}`, meters);
      el("span", "", meter, label);
      const track = el("div", "track", meter);
      track.role = "meter";
      track.setAttribute("aria-label", label);
      track.setAttribute("aria-valuenow", value); track.setAttribute("aria-valuemin", 0); track.setAttribute("aria-valuemax", 100);
      el("i", "", track).style.setProperty("width", `${value}%`);
      el("b", "num", meter, String(value));
    }
    if (review) drawDecide(row, box);
    if (trouble) el("p", "plain", box, trouble);
    if (!page) { if (!trouble) el("p", "plain", box, "Nothing was found on this page."); return; }
    drawText(row, page, box);
    drawFindings(row, page, box);
    drawFall(row, page, box);
    if (page.why_not?.length) {
      el("h3", "", box, "What stood between the page and a worse verdict");
      const list = el("ul", "", box);
      for (const line of page.why_not) el("li", "", list, line);
    }
  }
  const kind = (found) => (found.db > 0 ? "risk" : found.db < 0 ? "good" : found.damage ? "damage" : found.junk ? "junk" : "risk");
  function worth(found) {
    const said = [];
    if (found.db || (!found.damage && !found.junk)) said.push(db(found.db));
    if (found.damage) said.push(`damage ${found.damage}`);
    if (found.junk) said.push(`junk ${found.junk}`);
    return said.join(", ");
  }
  function unmask(row) {
    unmasked = true;
    toast("Adult text is shown until the page is closed or reloaded; x hides it again");
    refresh(true);
    if (row) open(row);
  }
  function maskButton(row, parent, text) {
    return button("mask", parent, text, (event) => { event.stopPropagation(); unmask(row); });
  }
  function drawText(row, page, box) {
    el("h3", "", box, "Text around the findings");
    stops = [];
    if (page.note) el("p", "soft", box, page.note);
    if (!page.text.length) { if (!page.note) el("p", "soft", box, "The page holds no text to show."); return; }
    const text = el("div", "text", box);
    if (masked(row)) {
      maskButton(row, el("p", "plain", text), "Adult text is masked. Click, or press x, to show it");
      return;
    }
    const first = new Set();
    page.text.forEach((piece) => {
      if (piece.g) el("span", "", el("div", "gap", text), "text left out");
      const line = el("div", `piece${piece.h ? " hidden-text" : ""}${piece.z === "code" || piece.z === "script" || piece.z === "comment" ? " code" : ""}`, text);
      const side = el("div", "zone", line, piece.z);
      const said = el("div", `said${piece.k && piece.k < 3 ? " big" : ""}`, line);
      said.dir = "auto";
      if (piece.h) {
        side.append(document.createElement("br"));
        const tag = el("span", "tag", side, `hidden: ${piece.h[0]}`);
        if (piece.h[1]) tag.title = `ordinary here: ${plain(piece.h[1])}`;
      }
      const cuts = [...new Set([0, piece.t.length, ...(piece.m || []).flatMap(([from, to]) => [from, to])])].sort((a, b) => a - b);
      for (let at = 0; at + 1 < cuts.length; at++) {
        const over = (piece.m || []).filter(([from, to]) => from <= cuts[at] && to >= cuts[at + 1]);
        const part = piece.t.slice(cuts[at], cuts[at + 1]);
        if (!over.length) { say(said, part); continue; }
        // Of several findings the narrowest: wide ones can be reached beside it.
        over.sort((a, b) => a[1] - a[0] - (b[1] - b[0]));
        const index = over[0][2];
        const found = page.findings[index];
        const mark = el("mark", kind(found), said, part);
        mark.title = over.map(([, , i]) => `${plain(page.findings[i].rule)} · ${worth(page.findings[i])}`).join("\n");
        mark.dataset.finding = over.map(([, , i]) => i).join(" ");
        mark.addEventListener("click", () => select(index, "list"));
        for (const [, , i] of over) if (!first.has(i)) { first.add(i); stops.push(i); }
      }
    });
  }
  function select(index, to) {
    shownMark = index;
    for (const on of document.querySelectorAll("#page .on")) on.classList.remove("on");
    const marks = [...document.querySelectorAll("#page mark")].filter((mark) => mark.dataset.finding.split(" ").includes(String(index)));
    for (const mark of marks) mark.classList.add("on");
    const line = document.querySelector(`#page .place[data-finding="${index}"]`);
    if (line) line.classList.add("on");
    const target = to === "list" ? line : marks[0] || line;
    if (target) target.scrollIntoView({ block: "center" });
  }
  function stepFinding(by) {
    if (!stops.length) return;
    const at = stops.indexOf(shownMark);
    select(stops[(at < 0 ? (by > 0 ? 0 : stops.length - 1) : at + by + stops.length) % stops.length], "text");
  }
  function drawFindings(row, page, box) {
    if (!page.findings.length) return;
    el("h3", "", box, `Findings (${number(page.findings.length + page.more)})`);
    const groups = new Map();
    page.findings.forEach((found, index) => {
      if (!groups.has(found.rule)) groups.set(found.rule, []);
      groups.get(found.rule).push([found, index]);
    });
    const weigh = (found) => Math.abs(found.db) + found.damage + found.junk;
    const total = (group, key) => group.reduce((sum, [found]) => sum + (typeof key === "function" ? key(found) : found[key]), 0);
    for (const [rule, group] of [...groups].sort((a, b) => total(b[1], weigh) - total(a[1], weigh))) {
      const card = el("div", "rule", box);
      const head = el("div", "", card);
      el("code", "", head, rule);
      const known = about.rules[rule];
      el("span", "soft", head, known ? known.summary : group[0][0].family);
      el("span", "worth", head, worth({ db: total(group, "db"), damage: Math.max(...group.map(([f]) => f.damage)), junk: Math.max(...group.map(([f]) => f.junk)) }));
      if (known) {
        const more = el("details", "", card);
        el("summary", "", more, "why, and what to do");
        el("p", "", more, known.why);
        if (known.advice) el("p", "", more, known.advice);
        const only = button("drop", el("p", "", more), "Pages with this rule", () => narrow({ rule }));
        only.className = "mask";
      }
      group.slice(0, 12).forEach(([found, index]) => {
        const line = button("place", card, undefined, () => select(index, "text"));
        line.dataset.finding = index;
        el("span", "num soft", line, `${found.line}:${found.column}`);
        el("span", "soft", line, found.zone);
        const hit = el("span", "hit", line);
        if (masked(row)) say(hit, "adult text, masked"); else say(hit, found.text || found.message);
      });
      if (group.length > 12) el("p", "", card, `and ${plural(group.length - 12, "more place")}`);
      const seen = group.flatMap(([found]) => row.c.filter(([, text]) => text === found.text)).map(([hash]) => campaigns.get(hash)).find(Boolean);
      if (seen) {
        const line = el("p", "", card);
        button("mask", line, `The same text on ${spread(seen)}`, () => narrow({ campaign: seen.hash }));
      }
    }
    if (page.more) el("p", "soft", box, `${plural(page.more, "lighter finding")} not listed.`);
  }
  function drawFall(row, page, box) {
    if (!page.waterfall.length) return;
    el("h3", "", box, "How the risk came about");
    const table = el("table", "", el("div", "scroll", box));
    table.parentElement.tabIndex = 0;
    table.parentElement.role = "region";
    table.parentElement.setAttribute("aria-label", "Score waterfall");
    const head = el("tr", "", el("thead", "", table));
    for (const [title, className] of [["step", ""], ["from one sum to the next", ""], ["adds", "n"], ["sum", "n"], ["how", ""]]) { const th = el("th", className, head, title); th.scope = "col"; }
    const body = el("tbody", "", table);
    let sum = 0, low = 0, high = 10;
    for (const [, value] of page.waterfall) { sum += value; low = Math.min(low, sum); high = Math.max(high, sum); }
    const x = (value) => (100 * (value - low)) / (high - low || 1);
    sum = 0;
    const line = (label, from, to, adds, how, total) => {
      const tr = el("tr", "", body);
      el("td", "", tr, label);
      const fall = el("div", "", el("td", "fall", tr));
      const zero = el("b", "", fall);
      zero.style.setProperty("left", `${x(7)}%`);
      zero.title = "7 dB: from here pages are injected or spam";
      const bar = el("i", total ? "total" : to < from ? "down" : "", fall);
      bar.style.setProperty("left", `${x(Math.min(from, to))}%`);
      bar.style.setProperty("width", `${Math.abs(x(to) - x(from))}%`);
      el("td", "n", tr, adds);
      el("td", "n", tr, db(to));
      el("td", "why", tr, how);
    };
    for (let at = 0; at < page.waterfall.length; ) {
      const [label, value, how] = page.waterfall[at];
      let times = 0;
      while (at < page.waterfall.length && page.waterfall[at].join() === [label, value, how].join()) { times++; at++; }
      line(times > 1 ? `${label} ×${times}` : label, sum, sum + times * value, db(times * value), times > 1 ? `${db(value)} each: ${how}` : how);
      sum += times * value;
    }
    line("risk", 0, row.b, "", `${row.r} % that the page carries spam`, true);
  }

  // ---- Overview ----

  function bars(parent, title, says, counted, pick, display) {
    if (!counted.length) return;
    const card = el("section", "card", parent);
    card.setAttribute("aria-label", title);
    el("h2", "", card, title);
    el("p", "", card, says);
    const most = Math.max(...counted.map((one) => one.total));
    const draw = (list) => {
      for (const one of list) {
        const line = button("line", card, undefined, () => pick(one.key));
        el("span", "name", line, display(one.key)).title = plain(display(one.key));
        const stack = el("span", "stack", line);
        VERDICTS.forEach((verdict, at) => {
          if (!one.by[at]) return;
          el("i", `v-${verdict}`, stack).style.setProperty("width", `${(100 * one.by[at]) / most}%`);
        });
        const bad = one.by[2] + one.by[3] + one.by[4] + one.by[5];
        el("span", "n", line, title === "Rules" ? plural(one.total, "page") : `${number(bad)} of ${number(one.total)}`);
      }
    };
    draw(counted.slice(0, 12));
    if (counted.length > 12) {
      const more = button("mask", card, `${number(Math.min(counted.length, 200) - 12)} more`, () => { more.remove(); draw(counted.slice(12, 200)); });
    }
  }
  function by(keys, onlyBad) {
    const all = new Map();
    for (const row of rows) {
      if (onlyBad && row.v === 0) continue;
      for (const key of keys(row)) {
        let one = all.get(key);
        if (!one) all.set(key, one = { key, total: 0, by: VERDICTS.map(() => 0) });
        one.total++;
        one.by[row.v]++;
      }
    }
    const bad = (one) => one.by[3] + one.by[4] + one.by[5] + one.by[2];
    return [...all.values()].sort((a, b) => bad(b) - bad(a) || b.total - a.total || (a.key < b.key ? -1 : 1));
  }
  function drawOverview() {
    const box = $("overview");
    box.replaceChildren();
    el("h2", "", box, plural(rows.length, "page"));
    const tiles = el("div", "tiles", box);
    const counts = VERDICTS.map((_, at) => rows.reduce((sum, row) => sum + (row.v === at), 0));
    for (const at of [3, 4, 2, 5, 1, 0, 6]) {
      if (!counts[at]) continue;
      const tile = button(`v-${VERDICTS[at]}`, tiles, undefined, () => narrow({ verdict: VERDICTS[at] }));
      el("b", "", tile, number(counts[at]));
      el("span", "verdict", tile, VERDICTS[at]);
      el("small", "", tile, `${((100 * counts[at]) / rows.length).toFixed(1)} %`);
    }
    const stack = el("div", "stack", box);
    stack.role = "img";
    stack.setAttribute("aria-label", VERDICTS.map((verdict, at) => `${verdict} ${counts[at]}`).join(", "));
    for (const at of [3, 4, 2, 5, 1, 6, 0]) el("i", `v-${VERDICTS[at]}`, stack).style.setProperty("width", `${(100 * counts[at]) / (rows.length || 1)}%`);
    const charts = el("div", "charts", box);
    drawCampaigns(charts);
    if (rows.some((row) => row.host)) bars(charts, "Hosts", "Suspicious, injected, spam and junk pages of all pages of the host.", by((row) => [row.host]), (host) => narrow({ host: host || "-" }), (host) => host || "no address known");
    bars(charts, "Rules", "Pages on which the rule found something.", by((row) => Object.keys(row.f)), (rule) => narrow({ rule }), (rule) => rule);
    bars(charts, "Languages", "Suspicious, injected, spam and junk pages of all pages in the language.", by((row) => [row.l]), (language) => narrow({ language }), (language) => language === "und" ? "und (cannot be told)" : language);
    bars(charts, "Topics", "Pages with evidence on the topic.", by((row) => row.t), (topic) => narrow({ topic }), (topic) => topic);
    if (charts.children.length === 0) el("p", "soft", box, "Nothing was found on any page.");
  }
  function drawCampaigns(charts) {
    const known = [...campaigns.values()].sort((a, b) => b.hosts - a.hosts || b.pages - a.pages || (a.text < b.text ? -1 : 1));
    if (!known.length) return;
    const card = el("section", "card wide", charts);
    card.setAttribute("aria-label", "Campaigns");
    el("h2", "", card, "Text like from a campaign");
    el("p", "", card, "The same words found on several pages; numbers may differ.");
    for (const one of known.slice(0, 12)) {
      const line = button("line wrap", card, undefined, () => narrow({ campaign: one.hash }));
      el("span", "name", line, one.adult && !unmasked ? "adult text, masked (x shows it)" : one.text);
      el("span", "n", line, spread(one));
    }
    if (known.length > 12) el("p", "", card, `and ${number(known.length - 12)} more`);
  }
  function view(name) {
    state.view = name === "overview" ? "overview" : "";
    $("overview").hidden = name !== "overview";
    $("pages").hidden = name === "overview";
    $("to-overview").setAttribute("aria-pressed", name === "overview");
    $("to-pages").setAttribute("aria-pressed", name !== "overview");
    if (name === "overview") drawOverview(); else drawQueue(true);
    writeHash();
  }

  // ---- Deciding ----

  const decisions = new Map(); // page: { seq, action, label, note }
  const mine = crypto.getRandomValues(new Uint32Array(2)).join("-"); // this window
  let lastSeq = 0;
  const decision = (row) => (review ? decisions.get(row.i) : undefined);
  const decided = (row) => Boolean(decision(row)?.label);
  async function post(path, body) {
    const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ window: mine, ...body }) });
    const text = await answer.text();
    if (answer.status === 409) return { conflict: JSON.parse(text) };
    if (!answer.ok) throw new Error(text);
    return JSON.parse(text);
  }
  function take(changes) {
    for (const one of changes.decisions) {
      if (one.label || one.note) decisions.set(one.page, one); else decisions.delete(one.page);
      // Kept where it is undone: the number tells what this window has seen.
      seen.set(one.page, one.seq);
    }
    lastSeq = Math.max(lastSeq, changes.seq);
    if (changes.decisions.length) { drawProgress(); if (state.decided) refresh(true); else drawQueue(true); drawState(); }
  }
  const seen = new Map();
  async function poll() {
    const answer = await fetch(`decisions?since=${lastSeq}`);
    if (!answer.ok) throw new Error(await answer.text());
    take(await answer.json());
  }
  let busy = false;
  async function decide(action, label, note) {
    if (!review || !current || busy || drawnRow !== current) return;
    const row = current;
    const field = $("note");
    note ??= field ? field.value.trim() : "";
    busy = true;
    try {
      const answer = await post("decide", { page: row.i, action, label, note, seen: seen.get(row.i) || 0 });
      if (answer.conflict) {
        take({ decisions: [answer.conflict], seq: 0 });
        toast(`Another window decided: ${answer.conflict.label || "undone"}. Press again to overrule it.`, true);
        return;
      }
      take({ decisions: [answer], seq: 0 });
      if (action === "note") return toast("Note kept");
      toast(`${action === "accept" ? "Accepted" : action === "reject" ? "Rejected" : "Relabelled"}: ${answer.label}. u takes it back`);
      advance(row);
    } catch (error) {
      toast(`Not kept: ${error.message}`, true);
    } finally {
      busy = false;
    }
  }
  function advance(row) {
    const at = Math.max(0, shown.indexOf(row));
    const next = shown.slice(at).find((one) => one !== row && !decided(one)) || shown.find((one) => !decided(one));
    if (!next) return toast("Every page of this list is decided");
    open(next);
    reveal(shown.indexOf(next));
  }
  async function undo() {
    try {
      const answer = await post("undo", {});
      if (!answer.page && answer.page !== 0) return toast("This window has nothing to take back");
      take({ decisions: [answer], seq: 0 });
      const row = rows[answer.page];
      view("pages");
      open(row);
      if (shown.includes(row)) reveal(shown.indexOf(row));
      toast("Taken back");
    } catch (error) { toast(`Not taken back: ${error.message}`, true); }
  }
  function accept() {
    if (current && current.v === 6) return toast("An unreadable page has no label to accept: relabel it (l)", true);
    decide("accept", VERDICTS[current?.v ?? 0]);
  }
  // What is rejected is good content; a clean verdict can only be replaced by another label.
  function reject() {
    if (current && current.v === 0) return relabel();
    decide("reject", "clean");
  }
  function relabel() {
    if (!current || drawnRow !== current) return;
    const dialog = $("relabel");
    dialog.replaceChildren();
    el("h2", "", dialog, "What is the page?").id = "relabel-title";
    const choices = el("div", "choices", dialog);
    for (const label of LABELS) {
      const key = Object.keys(LABEL_KEYS).find((one) => LABEL_KEYS[one] === label);
      const choice = button("", choices, undefined, () => { dialog.close(); decide("relabel", label); });
      el("kbd", "", choice, key);
      choice.append(` ${label}`);
    }
    button("", dialog, "Leave it", () => dialog.close());
    dialog.onkeydown = (event) => {
      const label = LABEL_KEYS[event.key];
      if (label && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); event.stopPropagation(); dialog.close(); decide("relabel", label); }
    };
    dialog.showModal();
  }
  function drawDecide(row, box) {
    const bar = el("div", "decide", box);
    bar.role = "group";
    bar.setAttribute("aria-label", "Decision");
    const main = (className, key, text, run) => { const made = button(`main ${className}`, bar, undefined, run); el("kbd", "", made, key); made.append(` ${text}`); };
    main("yes", "a", row.v === 6 ? "Accept" : `Accept: ${VERDICTS[row.v]}`, accept);
    main("no", "r", row.v === 0 ? "Reject" : "Reject: clean", reject);
    main("", "l", "Relabel", relabel);
    main("", "u", "Undo", undo);
    const note = el("textarea", "", bar);
    note.id = "note";
    note.placeholder = "Note (m)";
    note.setAttribute("aria-label", "Note on this page");
    note.maxLength = 2000;
    note.value = decision(row)?.note || "";
    note.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); note.blur(); }
      if (event.key === "Escape") { note.value = decision(row)?.note || ""; note.blur(); }
      event.stopPropagation();
    });
    note.addEventListener("blur", () => { if (current === row && note.value.trim() !== (decision(row)?.note || "")) decide("note", decision(row)?.label || null, note.value.trim()); });
    el("p", "state soft", box).id = "state";
    drawState();
  }
  function drawState() {
    const box = $("state");
    if (!box || !current) return;
    const one = decision(current);
    box.replaceChildren();
    say(box, one?.label ? `Decided: ${one.label}${one.action === "accept" ? " (accepted)" : one.action === "reject" ? " (rejected)" : ""}` : "Not decided");
    const note = $("note");
    if (note && document.activeElement !== note) note.value = one?.note || "";
  }
  function drawProgress() {
    const box = $("progress");
    box.hidden = false;
    box.replaceChildren();
    const worth = rows.filter((row) => row.v !== 0);
    const done = worth.filter(decided).length;
    const bar = el("progress", "", box);
    bar.max = worth.length || 1;
    bar.value = done;
    bar.setAttribute("aria-label", "Decided pages that are not clean");
    el("span", "", box, `${number(done)} of ${number(worth.length)} decided`);
  }
  function exportDialog() {
    const dialog = $("exports");
    dialog.replaceChildren();
    el("h2", "", dialog, "Export decisions").id = "exports-title";
    const choices = el("div", "choices", dialog);
    for (const [href, text] of [["manifest.jsonl", "manifest.jsonl: labelled pages, for crawlint eval"], ["allow.toml", "allow.toml: findings on pages called clean, for crawlint.toml"]]) {
      const link = el("a", "", choices, text);
      link.href = href;
      link.download = href;
    }
    button("", dialog, "Close", () => dialog.close());
    dialog.showModal();
  }

  // ---- Keys ----

  const KEYS = [["j  k", "next, previous page"], ["Enter", "read the page"], ["Esc", "back to the queue, then clear the filters"], ["n  p", "next, previous finding"], ["/", "search"], ["1 … 7", "filter by verdict"], ["o", "overview"], ["s", "change the order"], ["x", "show or mask adult text"], ["t", "light or dark"], ["?", "this help"]];
  const REVIEW_KEYS = [["a", "accept the verdict"], ["r", "reject it: the page is clean"], ["l", "relabel"], ["m", "note"], ["u", "take back the last decision of this window"]];
  function help() {
    const dialog = $("keys");
    if (dialog.open) return dialog.close();
    dialog.replaceChildren();
    el("h2", "", dialog, "Keys").id = "keys-title";
    const list = el("dl", "", dialog);
    for (const [keys, text] of review ? [...KEYS, ...REVIEW_KEYS] : KEYS) {
      const term = el("dt", "", list);
      for (const key of keys.split("  ")) { el("kbd", "", term, key); term.append(" "); }
      el("dd", "", list, text);
    }
    el("p", "soft", dialog, "Hatched text is hidden from readers; how, stands beside it. Framed codes such as U+202E stand for characters that cannot be seen.");
    el("p", "soft", dialog, `crawlint ${about.crawlint}`);
    button("", dialog, "Close", () => dialog.close());
    dialog.showModal();
  }
  function theme() {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  }
  function escape() {
    if (document.body.classList.contains("reading")) { document.body.classList.remove("reading"); $("queue").focus(); return; }
    if ($("page").contains(document.activeElement)) { $("queue").focus(); return; }
    clear();
  }
  const ACTIONS = {
    j: () => step(1), k: () => step(-1), ArrowDown: () => step(1), ArrowUp: () => step(-1),
    PageDown: () => step(10), PageUp: () => step(-10), Home: () => step(-rows.length), End: () => step(rows.length),
    Enter: () => { if (current) open(current, true); else step(1); },
    Escape: escape, n: () => stepFinding(1), p: () => stepFinding(-1),
    "/": () => $("search").focus(), "?": help, t: theme,
    o: () => view(state.view === "overview" ? "pages" : "overview"),
    s: () => { const names = Object.keys(ORDERS); set({ order: names[(names.indexOf(state.order) + 1) % names.length] }); toast(`Order: ${ORDERS[state.order]}`); },
    x: () => { if (unmasked) { unmasked = false; toast("Adult text is masked"); refresh(true); if (current) open(current); } else unmask(current); if (state.view) drawOverview(); },
  };
  if (review) Object.assign(ACTIONS, { a: accept, r: reject, l: relabel, u: undo, m: () => { const note = $("note"); if (note && drawnRow === current) note.focus(); } });
  const LIST_ONLY = ["ArrowDown", "ArrowUp", "PageDown", "PageUp", "Home", "End"];
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const on = event.target;
    if (on.matches("input, textarea, select")) {
      if (on.id === "search" && (event.key === "Enter" || event.key === "Escape")) {
        event.preventDefault();
        if (event.key === "Escape") { on.value = ""; find(""); }
        $("queue").focus();
        if (event.key === "Enter" && shown.length) { view("pages"); open(shown[0]); }
      }
      return;
    }
    if (LIST_ONLY.includes(event.key) && on !== $("queue")) return;
    if (event.key === "Enter" && on.matches("button, a, summary")) return;
    if (/^[1-7]$/.test(event.key)) { event.preventDefault(); view("pages"); return toggleVerdict(VERDICTS[Number(event.key) - 1]); }
    const run = ACTIONS[event.key];
    if (!run) return;
    if (state.view === "overview" && ["j", "k", "Enter"].includes(event.key)) view("pages");
    event.preventDefault();
    run();
  });

  // ---- Beginning ----

  async function begin() {
    for (const [key, text] of Object.entries(ORDERS)) { const option = el("option", "", $("order"), text); option.value = key; }
    for (const key of ["host", "language", "rule", "topic", "order", "decided"]) $(key).addEventListener("change", (event) => set({ [key]: event.target.value }));
    $("decided").parentElement.hidden = !review;
    $("to-overview").addEventListener("click", () => view("overview"));
    $("to-pages").addEventListener("click", () => view("pages"));
    $("help").addEventListener("click", help);
    $("theme").addEventListener("click", theme);
    $("export").hidden = !review;
    $("export").addEventListener("click", exportDialog);
    $("queue").addEventListener("scroll", () => drawQueue(false), { passive: true });
    addEventListener("resize", () => drawQueue(true));
    let waiting = 0;
    $("search").addEventListener("input", (event) => { clearTimeout(waiting); waiting = setTimeout(() => { if (state.view) view("pages"); find(event.target.value); }, 180); });
    await load();
    $("loading").hidden = true;
    const wanted = readHash();
    $("search").value = state.q;
    view(state.view || "pages");
    if (review) {
      await poll();
      drawProgress();
      const again = () => poll().catch(() => toast("The server does not answer: decisions are not kept. Is crawlint review still running?", true));
      setInterval(() => { if (!document.hidden) again(); }, 2500);
      addEventListener("focus", again);
    }
    if (state.q) await find(state.q); else refresh();
    const first = rows[wanted] || (innerWidth > 820 ? shown[0] : null);
    if (first) { open(first); if (shown.includes(first)) reveal(shown.indexOf(first)); }
    document.documentElement.dataset.ready = "yes";
  }
  begin().catch((error) => {
    $("loading").hidden = false;
    $("loading").textContent = `The report cannot be opened: ${error.message}`;
  });
})();
