// The page in Chromium, by Playwright: node page.mjs ADDRESS CHROMIUM CHECK, with node_modules beside it. Ends with 1 if the
// check fails. In each check nothing may be requested elsewhere, reported on the console or refused by the security policy.

import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {createRequire} from "node:module";
import {chromium} from "playwright-core";

const [address, executablePath, check] = process.argv.slice(2);
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const STEPS = ["call", "herd", "server", "budget", "transfer", "layers", "breaker", "free"];
const PATIENCE = {timeout: 120_000};

const browser = await chromium.launch({executablePath, args: ["--no-sandbox", "--disable-gpu"]});
const faults = [];

async function open(path, options = {}) {
  const context = await browser.newContext({viewport: {width: 1280, height: 900}, ...options});
  await context.addInitScript(() => addEventListener("securitypolicyviolation",
    event => console.error(`policy violation: ${event.violatedDirective} ${event.blockedURI}`)));
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE.timeout);
  page.on("console", message => message.type() !== "log" && faults.push(`console: ${message.text()}`));
  page.on("pageerror", error => faults.push(`error: ${error.message}`));
  page.on("response", response => response.status() >= 400 && faults.push(`${response.status()}: ${response.url()}`));
  page.on("request", request => request.url().startsWith(address) || faults.push(`foreign request: ${request.url()}`));
  await page.goto(address + path);
  return page;
}

/** Waits until the step is there, with its words. */
const entered = (page, step) => page.waitForFunction(id => document.documentElement.dataset.step === id, step, PATIENCE);
/** Waits until the page shows what its address says, after a control was changed. */
const settled = page => page.waitForFunction(() => document.documentElement.dataset.state === location.hash, undefined, PATIENCE);
const active = page => page.evaluate(() => {
  const {id, tagName, type, textContent} = document.activeElement;
  return {id, kind: `${tagName.toLowerCase()}${type ? `-${type}` : ""}`, text: textContent.slice(0, 40),
    isControl: document.activeElement.closest("#controls") !== null};
});
const textOf = page => page.locator("#conclusion").innerText();

async function assertAccessible(page, where) {
  const {violations, passes} = await page.evaluate(`${AXE};axe.run()`);
  assert.ok(passes.length > 10, where);
  assert.deepEqual(violations.map(({id, nodes}) => `${id}: ${nodes.map(node => node.target).join(", ")}`), [], where);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${where}: wider than the window`);
}

const CHECKS = {
  async axe() {
    for (const step of STEPS) {
      const page = await open(`#${step}`);
      await entered(page, step);
      await page.evaluate(() => document.querySelectorAll("details").forEach(details => {
        details.open = true;
      }));
      for (const width of [320, 768, 1280]) {
        for (const colorScheme of ["light", "dark"]) {
          await page.setViewportSize({width, height: 900});
          await page.emulateMedia({colorScheme});
          await page.waitForTimeout(100);
          await assertAccessible(page, `${step}, ${width} px, ${colorScheme}`);
        }
      }
      await page.context().close();
    }
  },

  /** Tab reaches each control, keys change it, and it keeps the focus; then play, a table and the next step. */
  async keyboard() {
    const page = await open("#call");
    await entered(page, "call");
    await page.keyboard.press("Tab");
    assert.equal((await active(page)).text, "Skip to the experiment");
    await page.keyboard.press("Enter");
    for (const step of STEPS) {
      await entered(page, step);
      assert.equal((await active(page)).id, "main", step);
      const reached = [];
      for (let tabs = 0; tabs < 120; tabs++) {
        await page.keyboard.press("Tab");
        const now = await active(page);
        assert.ok(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle !== "none"), `${step}: ${JSON.stringify(now)} shows no focus`);
        if (now.isControl) {
          reached.push(now.id);
          await changeByKeys(page, now);
          assert.equal((await active(page)).id, now.id, `${step}: the focus is lost`);
        }
        if (now.id === "time") {
          await play(page);
        }
        if (now.text === "The numbers" && now.kind === "summary") {
          await page.keyboard.press("Enter");
          await page.keyboard.press("Enter");
        }
        if (now.id === (step === "free" ? "previous" : "next")) {
          break;
        }
      }
      const controls = await page.evaluate(() => [...document.querySelectorAll("#controls :is(input, select, textarea, button)")].map(each => each.id));
      assert.deepEqual(reached, controls, step);
      if (step !== "free") {
        assert.equal((await active(page)).id, "next", step);
        await page.keyboard.press("Enter");
      }
    }
  },

  async table() {
    const page = await open("#herd");
    await entered(page, "herd");
    const summary = page.locator("figure summary").first();
    await summary.focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "The numbers: 24 of the clients");
    assert.ok(await page.locator("figure table").first().isVisible());
  },

  /** An address has everything: another page that opens it shows the same values, words and numbers. */
  async address() {
    const page = await open("#server");
    await entered(page, "server");
    await page.locator("#control-load").fill("200");
    await page.locator("#control-clients").fill("6");
    await page.locator("#control-naive").fill("max-attempts=6 base-delay=70ms budget=off retry-on=any");
    await settled(page);
    const other = await open(page.url().slice(address.length));
    await entered(other, "server");
    for (const id of ["load", "clients", "outage", "timeout", "naive", "naive-max-attempts", "naive-base-delay"]) {
      assert.equal(await other.locator(`#control-${id}`).inputValue(), await page.locator(`#control-${id}`).inputValue(), id);
    }
    assert.equal(await other.locator("#control-load").inputValue(), "200");
    assert.equal(await other.locator("#control-naive-max-attempts").inputValue(), "6");
    assert.equal(await textOf(other), await textOf(page));
    assert.match(await textOf(page), /mine: /);
    const command = await page.locator("#exports details", {hasText: "Command line"}).textContent();
    assert.ok(command.includes("--set 'clients=100'"), command);
    assert.ok((await page.locator("#exports details", {hasText: "Scenario in YAML"}).textContent()).includes("clients: 100"));
    assert.ok(command.includes("--policy 'mine=max-attempts=6 base-delay=70ms budget=off retry-on=any'"), command);
    assert.equal(await other.locator("#figures table").allTextContents().then(String), await page.locator("#figures table").allTextContents().then(String));
    await page.locator("#next").click();
    await entered(page, "budget");
    await page.goBack();
    await entered(page, "server");
    assert.equal(await page.locator("#control-load").inputValue(), "200");
    await page.evaluate(() => {
      location.hash = "#s=1.broken";
    });
    await page.locator("#problem:visible").waitFor();
    assert.match(await page.locator("#title").innerText(), /One call/);
  },

  /** Sliders and the text of a policy move each other, and the picture follows. */
  async policy() {
    const page = await open("#free");
    await entered(page, "free");
    assert.match(await page.locator("#engine").innerText(), /WebAssembly\.$/);
    const before = await textOf(page);
    await page.locator("#control-a").fill("max-attempts=2 base-delay=300ms");
    assert.equal(await page.locator("#control-a-max-attempts").inputValue(), "2");
    assert.equal(await page.locator("#control-a-base-delay").inputValue(), "300");
    await page.locator("#control-a-max-attempts").fill("7");
    assert.equal(await page.locator("#control-a").inputValue(), "max-attempts=7 base-delay=300ms");
    await settled(page);
    assert.notEqual(await textOf(page), before);
    assert.equal(await page.locator("#figures.stale").count(), 0);
    await page.locator("#control-a").fill("max-atempts=3");
    await page.locator("#problem:visible").waitFor();
    assert.match(await page.locator("#problem").innerText(), /policy A: .*max-atempts.*max-attempts/s);
    assert.equal(await page.locator("#figures.stale figure").count(), 6);
    await page.locator("#control-a").fill("max-attempts=3");
    await settled(page);
    assert.ok(!await page.locator("#problem").isVisible());
    await page.locator("#control-scenario").focus();
    await page.locator("#control-scenario").selectOption("tail");
    await settled(page);
    assert.equal((await active(page)).id, "control-scenario");
    assert.ok(await page.locator("#control-settings-hedge").isVisible());
  },

  /** An item of the course shows its question; links lead to the next one, and controls do not leave the path. */
  async course() {
    const page = await open("#call");
    await entered(page, "call");
    assert.ok(!await page.locator("#lesson").isVisible());
    await page.locator("#course summary").click();
    await assertAccessible(page, "list of the course");
    const items = page.locator("#course a");
    const titles = await items.allInnerTexts();
    assert.ok(titles.length >= 25);
    await items.first().click();
    assert.equal((await active(page)).id, "main");
    await entered(page, "free");
    await settled(page);
    for (let index = 0; index < titles.length; index++) {
      await settled(page);
      assert.ok(!await page.locator("#problem").isVisible(), titles[index]);
      assert.ok((await page.locator("#lesson h3").innerText()).endsWith(`: ${titles[index]}`), titles[index]);
      assert.match(await page.locator("#lesson").innerText(), new RegExp(`\\?\\s.*${index + 1} of ${titles.length}$`, "s"));
      assert.ok(await page.locator("figure").count() > 0, titles[index]);
      const next = page.getByRole("link", {name: "Next item"});
      await next.focus();
      await page.keyboard.press("Enter");
      assert.equal((await active(page)).text, "Next item");
    }
    await assertAccessible(page, "an item of the course");
    await page.getByRole("link", {name: "Previous item"}).click();
    await settled(page);
    assert.match(await page.locator("#lesson").innerText(), new RegExp(`${titles.length - 1} of`));
    await page.locator("#control-attempts").focus();
    await page.keyboard.press("ArrowRight");
    await settled(page);
    assert.ok(await page.locator("#lesson").isVisible());
    await page.locator("#steps a", {hasText: "Layers"}).click();
    await entered(page, "layers");
    assert.ok(!await page.locator("#lesson").isVisible());
  },

  async scorecard() {
    const page = await open("#free");
    await entered(page, "free");
    await page.locator("#card-rate").fill("20");
    await page.locator("#card-capacity").fill("20");
    await page.getByRole("button", {name: "Compare in five situations"}).click();
    assert.match(await page.locator("#scorecard [role=status]").innerText(), /can take 20 requests each second, and 20 calls come/);
    assert.equal(await page.locator("#card-capacity").getAttribute("aria-invalid"), "true");
    await page.locator("#card-capacity").fill("80");
    await page.getByRole("button", {name: "Compare in five situations"}).click();
    await page.locator("#scorecard table").waitFor(PATIENCE);
    assert.equal(await page.locator("#scorecard tbody tr").count(), 4);
    assert.equal(await page.locator("#scorecard tbody tr").first().locator("td").count(), 5);
    assert.match(await page.locator("#scorecard tbody").innerText(), /harm/);
    assert.ok(!(await page.locator("#scorecard tbody").innerText()).includes("never"));
    assert.ok(await page.locator("#scorecard .scroll").evaluate(each => each.scrollHeight <= each.clientHeight + 1), "a row is cut off");
    assert.equal(await page.locator("#scorecard details").count(), 5);
    const taken = await page.locator("#scorecard details", {hasText: "outage"}).first().textContent();
    assert.match(taken, /simulate outage\.yaml.*--policy 'A=.*name: outage\nduration: 145s/s);
    assert.match(await page.locator("#scorecard .scroll p").innerText(), /^Choose B: of your policies it alone .*A does harm in: /);
    // The rate is in the address, and another page begins with it.
    const shared = await open(await page.evaluate("location.hash"));
    await entered(shared, "free");
    assert.equal(await shared.locator("#card-rate").inputValue(), "20");
    await shared.close();
    await assertAccessible(page, "scorecard");
    await page.locator("#control-a").fill("max-atempts=3");
    await page.getByRole("button", {name: "Compare in five situations"}).click();
    await page.locator("#scorecard [role=status]").filter({hasText: "max-atempts"}).waitFor(PATIENCE);
  },

  /** Nothing moves before Play; under reduced motion Play jumps a tenth each second. */
  async motion() {
    const page = await open("#herd", {reducedMotion: "reduce"});
    await entered(page, "herd");
    const at = () => page.locator("#time").inputValue().then(Number);
    const end = await at();
    await page.waitForTimeout(300);
    assert.equal(await at(), end);
    await page.locator("#play").click();
    const seen = new Set();
    for (let i = 0; i < 24; i++) {
      seen.add(await at());
      await page.waitForTimeout(100);
    }
    assert.ok(seen.size >= 2 && seen.size <= 5, [...seen].join());
    const moving = await open("#herd");
    await entered(moving, "herd");
    await moving.locator("#play").click();
    await moving.waitForFunction(() => Number(document.getElementById("time").value) > 0
      && Number(document.getElementById("time").value) < Number(document.getElementById("time").max) / 10);
  },

  /** The layers count the time of the fault, and the tree has a cross for each request. */
  async layers() {
    const page = await open("#layers");
    await entered(page, "layers");
    assert.match(await textOf(page), /4 × 4 × 4 = 64 requests at the last service, 1 without retries/);
    assert.equal(await page.locator("figure", {hasText: "One call that fails"}).locator("svg[role=img]").getAttribute("aria-label"),
      "1 call, 4 requests at 'edge', 16 requests at 'middle', 64 requests at 'store'");
    await page.locator("#control-nested").selectOption("suppress");
    await settled(page);
    assert.match(await textOf(page), /1 × 1 × 4 = 4 requests/);
  },

  /** Both accounts of the default budget have a line; a budget of one account has one. */
  async budget() {
    const page = await open("#budget");
    await entered(page, "budget");
    const names = () => page.locator("figure", {hasText: "Retries that the budget of a client would grant"}).locator(".key li").allInnerTexts();
    assert.deepEqual(await names(), ["B: ordinary errors", "B: overload signals"]);
    await page.locator("#control-budgetA").selectOption("10%");
    await settled(page);
    assert.deepEqual(await names(), ["A", "B: ordinary errors", "B: overload signals"]);
  },

  /** The engine in JavaScript shows what the one in WebAssembly does. */
  async javascript() {
    const page = await open("?form=js#layers");
    await entered(page, "layers");
    assert.match(await page.locator("#engine").innerText(), /as JavaScript/);
    const other = await open("#layers");
    await entered(other, "layers");
    assert.equal(await textOf(page), await textOf(other));
  },
};

async function changeByKeys(page, {id, kind}) {
  const before = await page.evaluate("location.hash");
  if (id.startsWith("control-settings")) {
    return;
  }
  if (kind === "input-range" || kind.startsWith("select")) {
    await page.keyboard.press("ArrowRight");
    if (await page.evaluate("location.hash") === before) {
      await page.keyboard.press("ArrowLeft");
    }
  } else if (kind === "button-button") {
    await page.keyboard.press("Space");
  } else {
    await page.keyboard.press("Control+End");
    await page.keyboard.type(id.endsWith("budgetB") ? "10%" : " total-timeout=9s");
  }
  assert.notEqual(await page.evaluate("location.hash"), before, `${id} is not changed by keys`);
}

/** From the slider of time: Home, End, and Play and Pause two stops before. */
async function play(page) {
  await settled(page);
  await page.keyboard.press("Home");
  await page.waitForFunction(() => document.getElementById("clock").textContent === "0 ms");
  await page.keyboard.press("End");
  await page.waitForFunction(() => document.getElementById("time").value === document.getElementById("time").max);
  for (let i = 0; i < 3; i++) {
    await page.keyboard.press("Shift+Tab");
  }
  assert.equal((await active(page)).id, "play");
  await page.keyboard.press("Space");
  await page.waitForFunction(() => document.getElementById("play").textContent === "Pause");
  await page.keyboard.press("Space");
  await page.waitForFunction(() => document.getElementById("play").textContent === "Play");
  for (let i = 0; i < 3; i++) {
    await page.keyboard.press("Tab");
  }
}

try {
  await CHECKS[check]();
  assert.deepEqual(faults, []);
} finally {
  await browser.close();
}
