// The HTML report and the review desk in a real Chromium: what hostile pages try, filters, keys,
// accessibility. `.ci/browser` runs it; CRAWLINT and CHROMIUM name the two programs, SHOTS a
// folder for screenshots.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const ROOT = resolve(import.meta.dirname, "../..");
const CRAWLINT = resolve(process.env.CRAWLINT || join(ROOT, "target/debug/crawlint"));
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SPAM = readFileSync(join(ROOT, "samples/injected/gambling-tail-under-recipe.txt"), "utf8");

// Every way in that a page, its name or its address could try. Each sets `pwned` or fetches.
const ATTACKS = [
  "<script>window.pwned='script'</script>",
  "</script><script>window.pwned='closed'</script>",
  "<!--<script>",
  "<img src=x onerror=\"window.pwned='img'\">",
  "<svg onload=\"window.pwned='svg'\">",
  "<a href=\"javascript:window.pwned='link'\">win</a>",
  "<style>body{display:none;background:url(https://attacker.example/css)}</style>",
  "</style><link rel=stylesheet href=https://attacker.example/x.css>",
  "<iframe src=https://attacker.example/></iframe>",
  "<meta http-equiv=refresh content=\"0;url=https://attacker.example/\">",
  "<base href=https://attacker.example/>",
  "\" onmouseover=\"window.pwned='attribute'\" x=\"",
  "javascript:window.pwned='url'",
  "${window.pwned='template'}",
  "{{constructor.constructor('window.pwned=1')()}}",
];
const BIDI = "invoice\u202efdp.exe\u202c and \u2066isolate\u2069 zero\u200bwidth";

let browser, folder, report;
const servers = [];

function crawlint(args, options = {}) {
  try {
    return execFileSync(CRAWLINT, args, { cwd: folder, maxBuffer: 1 << 30, stdio: ["ignore", "pipe", "ignore"], ...options });
  } catch (error) {
    // The gate is meant to trip.
    if (error.status === 1) return error.stdout;
    throw error;
  }
}

// A page, and what it did that it must not do.
async function open(url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
  const page = await context.newPage();
  const origin = url.startsWith("http") ? new URL(url).origin : null;
  const faults = [];
  page.on("request", (request) => {
    const to = request.url();
    if (to !== url.split("#")[0] && !(origin && to.startsWith(origin))) faults.push(`request to ${to}`);
  });
  page.on("pageerror", (error) => faults.push(`error ${error.message}`));
  page.on("console", (message) => { if (message.type() === "error" && !/409/.test(message.text())) faults.push(`console ${message.text()}`); });
  page.on("dialog", (dialog) => { faults.push("dialog"); dialog.dismiss(); });
  await page.goto(url);
  await page.waitForSelector("html[data-ready]", { timeout: 30000 });
  return { page, faults, close: () => context.close() };
}

async function axe(page, what) {
  // The page's policy lets no script in, so the checker comes in a world of its own.
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  const { executionContextId } = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id });
  const run = async (expression) => {
    const { result, exceptionDetails } = await session.send("Runtime.evaluate", { expression, contextId: executionContextId, awaitPromise: true, returnByValue: true });
    assert.ok(!exceptionDetails, JSON.stringify(exceptionDetails));
    return result.value;
  };
  await run(AXE + ";0");
  const violations = await run("axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations.map((v) => ({ id: v.id, impact: v.impact, nodes: v.nodes.slice(0, 4).map((n) => n.html + ' | ' + n.failureSummary) })))");
  const serious = violations.filter((one) => ["serious", "critical"].includes(one.impact));
  assert.deepEqual(serious, [], `${what}: ${JSON.stringify(serious, null, 1)}`);
  return violations;
}

const text = (page, selector) => page.locator(selector).first().innerText();
const shot = (page, name) => process.env.SHOTS && page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) });
const shownRows = async (page) => Number((await text(page, "#count")).match(/^[\d,]+/)[0].replace(",", ""));

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "crawlint-desk-"));
  if (process.env.SHOTS) mkdirSync(process.env.SHOTS, { recursive: true });
  const hostile = join(folder, "hostile");
  mkdirSync(hostile);
  ATTACKS.forEach((attack, at) => {
    writeFileSync(join(hostile, `text-${at}.txt`), SPAM.replace(/\n\n/g, `\n\n${attack}\n\n`) + `\n${attack} casino bonus ${attack}\n`);
    const escaped = attack.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");
    writeFileSync(join(hostile, `markup-${at}.html`), `<title>${escaped} casino bonus</title><meta name=keywords content="casino, ${escaped}"><p>${escaped}</p><div style="display:none">online casino bonus ${escaped} slot <a href="${escaped}">casino bonus</a></div>${attack}`);
  });
  writeFileSync(join(hostile, "<img src=x onerror=window.pwned='name'>.txt"), SPAM);
  writeFileSync(join(hostile, "bidi\u202etxt.exe.txt"), `${BIDI}\n\n${SPAM}`);
  writeFileSync(join(hostile, "long.html"), `<title>${"online casino bonus <b> ".repeat(50000)}</title><p>${"casino bonus ".repeat(20000)}</p>`);
  writeFileSync(join(hostile, "adult.txt"), "xxx porn videos escort service call girls\n".repeat(12));
  report = join(folder, "report.html");
  writeFileSync(report, crawlint(["scan", join(ROOT, "samples"), "hostile", "--format", "html"]));
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
});
after(async () => {
  servers.forEach((server) => server.kill("SIGKILL"));
  await browser?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test("nothing of a hostile page runs, loads or becomes markup", async () => {
  const { page, faults, close } = await open(pathToFileURL(report).href);
  await page.fill("#search", "hostile");
  await page.waitForFunction(() => /^3[0-9] page/.test(document.querySelector("#count").textContent) && !document.querySelector("#count").textContent.includes("searching"));
  await page.locator("#queue").focus();
  const count = await shownRows(page);
  await page.keyboard.press("x");
  for (let at = 0; at < count; at++) {
    await page.keyboard.press("j");
    await page.waitForFunction(() => document.querySelector("#page h2"));
    for (const mark of await page.locator("#page mark").all()) { await mark.hover({ force: true, timeout: 500 }).catch(() => {}); break; }
  }
  await page.keyboard.press("o");
  await page.waitForTimeout(100);
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll("img, iframe, svg, link, object, embed, base, a[href^='javascript']")].map((it) => it.outerHTML)), []);
  assert.equal(await page.evaluate(() => document.querySelectorAll("style").length), 1);
  assert.deepEqual(faults, []);
  await close();
});

test("the file itself holds no text of pages, and its size is bounded", () => {
  const html = readFileSync(report, "utf8");
  for (const needle of ["pwned", "attacker.example", "casino bonus without"]) assert.ok(!html.includes(needle), needle);
  assert.equal((html.match(/<script>/g) || []).length, 1, "one script that runs");
  assert.ok(html.length < 1 << 20, `${html.length} bytes for a page with a title of a megabyte`);
});

test("the policy stops what would be added by force", async () => {
  const { page, close } = await open(pathToFileURL(report).href);
  const done = await page.evaluate(async () => {
    const tried = {};
    try { document.body.innerHTML += "<img src=x onerror='window.pwned=1'>"; tried.markup = true; } catch { tried.markup = false; }
    try { const s = document.createElement("script"); s.textContent = "window.pwned=2"; document.body.append(s); tried.script = window.pwned === 2; } catch { tried.script = false; }
    try { await fetch("https://attacker.example/"); tried.fetch = true; } catch { tried.fetch = false; }
    const styled = document.createElement("p"); styled.setAttribute("style", "color: red"); document.body.append(styled);
    tried.style = getComputedStyle(styled).color === "rgb(255, 0, 0)";
    return { ...tried, pwned: window.pwned };
  });
  assert.deepEqual(done, { markup: false, script: false, fetch: false, style: false, pwned: undefined });
  await close();
});

test("direction controls are shown, not obeyed", async () => {
  const { page, close } = await open(pathToFileURL(report).href);
  await page.fill("#search", "fdp.exe");
  await page.waitForFunction(() => document.querySelector("#count").textContent.startsWith("1 page"));
  await page.locator("#search").press("Enter");
  await page.waitForSelector("#page .text .ctl");
  const codes = await page.locator("#page .ctl").allInnerTexts();
  for (const code of ["U+202E", "U+202C", "U+2066", "U+2069", "U+200B"]) assert.ok(codes.includes(code), code);
  assert.ok(!/[\u202a-\u202e\u2066-\u2069\u200b]/.test(await page.evaluate(() => document.body.innerText)));
  assert.match(await text(page, "#page h2"), /U\+202E/);
  await close();
});

test("findings stand highlighted in the text, hidden text is shown as hidden", async () => {
  const { page, faults, close } = await open(pathToFileURL(report).href + "#q=hidden-slot-links");
  await page.waitForSelector("#page mark");
  await shot(page, "desk");
  const hidden = page.locator("#page .piece.hidden-text").first();
  assert.match(await hidden.innerText(), /hidden: /);
  await page.keyboard.press("n");
  const first = await text(page, "#page mark.on");
  await page.keyboard.press("n");
  assert.notEqual(await text(page, "#page mark.on"), undefined);
  assert.ok(first.length > 0);
  assert.ok(await page.locator("#page .place.on").count() === 1);
  const sum = await page.locator("#page tbody tr").last().innerText();
  const before = await page.locator("#page tbody tr").nth(-2).locator("td").nth(3).innerText();
  assert.ok(sum.includes(before), `the waterfall adds up: ${before} in ${sum}`);
  assert.deepEqual(faults, []);
  await close();
});

test("adult text is masked until it is asked for", async () => {
  const { page, close } = await open(pathToFileURL(report).href + "#q=adult.txt");
  await page.waitForSelector("#page .mask");
  assert.ok(!/porn videos/i.test(await page.evaluate(() => document.body.innerText)));
  await page.keyboard.press("o");
  assert.ok(!/porn videos/i.test(await page.evaluate(() => document.querySelector("#overview").innerText)));
  await page.keyboard.press("o");
  await page.locator("#page .text .mask").click();
  await page.waitForFunction(() => /porn videos/i.test(document.querySelector("#page").innerText));
  await page.keyboard.press("x");
  await page.waitForSelector("#page .text .mask");
  await close();
});

test("filters, order and keys", async () => {
  const { page, faults, close } = await open(pathToFileURL(report).href);
  const all = await shownRows(page);
  await page.keyboard.press("5");
  const spam = await shownRows(page);
  assert.ok(spam > 0 && spam < all);
  assert.ok((await page.locator(".row .top .verdict:first-child").allInnerTexts()).every((it) => it === "spam"));
  await page.keyboard.press("4");
  assert.ok((await shownRows(page)) > spam, "two verdicts together");
  await page.keyboard.press("Escape");
  assert.equal(await shownRows(page), all);
  await page.selectOption("#language", "de");
  const german = await shownRows(page);
  assert.ok(german > 0 && german < all);
  assert.match(await page.evaluate(() => location.hash), /language=de/);
  await page.locator("#active button").last().click();
  await page.selectOption("#rule", "topics/gambling-cluster");
  assert.ok((await shownRows(page)) < all);
  await page.locator("#queue").focus();
  await page.keyboard.press("Escape");
  const title = await text(page, "#page h2");
  await page.keyboard.press("Home");
  await page.keyboard.press("j");
  await page.waitForFunction((was) => document.querySelector("#page h2")?.innerText !== was, title);
  const second = await page.locator(".row[aria-selected=true]").getAttribute("aria-posinset");
  await page.keyboard.press("k");
  assert.equal(Number(second) - 1, Number(await page.locator(".row[aria-selected=true]").getAttribute("aria-posinset")));
  assert.equal(await page.locator("#queue").getAttribute("aria-activedescendant"), await page.locator(".row[aria-selected=true]").getAttribute("id"));
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "search");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  assert.ok(await page.locator("#keys[open]").isVisible());
  await page.keyboard.press("Escape");
  await page.keyboard.press("o");
  await page.waitForSelector("#overview .charts .line");
  await shot(page, "overview");
  await page.locator("section[aria-label=Rules] .line").first().click();
  assert.ok((await shownRows(page)) < all);
  assert.deepEqual(faults, []);
  await close();
});

test("a search finds words that stand in texts only", async () => {
  const { page, close } = await open(pathToFileURL(report).href);
  // From the middle of a sample, in no headline and no finding.
  await page.fill("#search", "a limestone RIDGE, a forest track");
  await page.waitForFunction(() => document.querySelector("#count").textContent.startsWith("1 page ") && !document.querySelector("#count").textContent.includes("searching"));
  await page.fill("#search", "no page says this");
  await page.waitForFunction(() => document.querySelector("#count").textContent.startsWith("0 pages of") && !document.querySelector("#count").textContent.includes("searching"));
  await close();
});

test("no serious fault of accessibility, light, dark and on a phone", async () => {
  for (const [name, options] of [
    ["light", {}],
    ["dark", { colorScheme: "dark" }],
    ["phone", { viewport: { width: 390, height: 780 }, deviceScaleFactor: 2 }],
  ]) {
    const { page, close } = await open(pathToFileURL(report).href, options);
    if (name === "phone") {
      await shot(page, "phone-queue");
      await axe(page, "phone, queue");
      await page.locator(".row").nth(2).click();
    }
    await page.waitForSelector("#page .text");
    await shot(page, name);
    await axe(page, `${name}, page`);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, `${name} scrolls sideways`);
    await page.keyboard.press("?");
    await axe(page, `${name}, help`);
    await page.keyboard.press("Escape");
    await page.keyboard.press("o");
    await axe(page, `${name}, overview`);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, `${name} overview scrolls sideways`);
    await shot(page, `${name}-overview`);
    await close();
  }
});

// ---- Review ----

async function review(results, args = []) {
  const child = spawn(CRAWLINT, ["review", results, ...args], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  servers.push(child);
  const url = await new Promise((found, failed) => {
    let said = "";
    child.stderr.on("data", (data) => {
      said += data;
      const url = said.match(/http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]+\//);
      if (url) found(url[0]);
    });
    child.on("exit", () => failed(new Error(said)));
  });
  return { child, url, kill: (signal = "SIGKILL") => new Promise((gone) => { child.on("exit", gone); child.kill(signal); }) };
}

test("review: decide, undo, two windows, killed, exported", async () => {
  const results = join(folder, "results.jsonl");
  writeFileSync(results, crawlint(["scan", "hostile", "--format", "jsonl"]));
  const one = await review(results);
  const first = await open(one.url);
  const second = await open(one.url);
  await shot(first.page, "review");
  await axe(first.page, "review");
  await first.page.waitForSelector("#page mark");
  // The same page is open in both; the first decides.
  await first.page.keyboard.press("a");
  await first.page.waitForFunction(() => document.querySelector("#progress").innerText.startsWith("1 of"));
  await second.page.waitForFunction(() => document.querySelector("#progress").innerText.startsWith("1 of"), undefined, { timeout: 8000 });
  assert.match(await text(second.page, "#state"), /Decided: /);
  // Both at once on the next: one of the two is told.
  await second.page.keyboard.press("j");
  await second.page.waitForTimeout(300);
  assert.equal(await text(first.page, "#page h2"), await text(second.page, "#page h2"));
  await Promise.all([first.page.keyboard.press("r"), second.page.keyboard.press("a")]);
  await first.page.waitForTimeout(600);
  const told = await Promise.all([first, second].map(({ page }) => page.evaluate(() => document.querySelector("#status").innerText)));
  assert.equal(told.filter((it) => it.includes("Another window")).length, 1, told.join(" / "));
  if (told[0].includes("Another window")) await first.page.keyboard.press("j");
  await first.page.waitForTimeout(500);
  // Relabel by key, with a note, and take it back.
  await first.page.keyboard.press("m");
  await first.page.keyboard.type("looks odd, says <b>x</b>");
  await first.page.keyboard.press("Enter");
  await first.page.waitForFunction(() => /Note kept/.test(document.querySelector("#status").innerText));
  await first.page.keyboard.press("l");
  await axe(first.page, "relabel");
  await first.page.keyboard.press("j");
  await first.page.waitForFunction(() => document.querySelector("#progress").innerText.startsWith("3 of"));
  await first.page.keyboard.press("u");
  await first.page.waitForFunction(() => document.querySelector("#progress").innerText.startsWith("2 of"));
  await first.page.waitForFunction(() => document.querySelector("#state")?.innerText === "Not decided");
  await first.page.waitForTimeout(300);
  await first.page.keyboard.press("r");
  await first.page.waitForFunction(() => document.querySelector("#progress").innerText.startsWith("3 of"));
  assert.deepEqual([...first.faults, ...second.faults], []);
  // Killed right after the answer.
  await one.kill();
  await first.close();
  await second.close();
  const again = await review(results);
  const third = await open(again.url);
  assert.match(await text(third.page, "#progress"), /^3 of/);
  await third.close();
  await again.kill("SIGINT");
  crawlint(["review", results, "--manifest", "hostile/manifest.jsonl", "--allow", "allow.toml"]);
  const manifest = readFileSync(join(folder, "hostile/manifest.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line));
  assert.equal(manifest.length, 3);
  assert.ok(manifest.some((line) => line.note.includes("looks odd")));
  assert.match(readFileSync(join(folder, "allow.toml"), "utf8"), /\[\[allow\]\]\nrule = "/);
  crawlint(["eval", "hostile"]);
});

test("review: results that are hostile themselves", async () => {
  const line = JSON.parse(crawlint(["scan", "hostile/text-0.txt", "--format", "jsonl"]).toString());
  const attacked = ATTACKS.map((attack) => ({
    ...line,
    source: { path: attack, url: attack, record: attack, date: attack },
    charset: attack, headline: attack, topics: [attack], labels: [attack], language: { main: attack, declared: attack },
    findings: [{ ...line.findings[0], rule: attack, family: attack, zone: attack, text: attack, message: attack }],
  }));
  const results = join(folder, "attacked.jsonl");
  writeFileSync(results, attacked.map((it) => JSON.stringify(it)).join("\n"));
  const server = await review(results);
  const { page, faults, close } = await open(server.url);
  for (let at = 0; at < attacked.length; at++) {
    await page.keyboard.press("j");
    await page.waitForTimeout(40);
  }
  await page.keyboard.press("o");
  await page.waitForSelector("#overview .charts");
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll("main img, main iframe, main svg, main a, main link, main style")].map((it) => it.outerHTML)), []);
  assert.deepEqual(faults, []);
  await close();
  await server.kill();
});
