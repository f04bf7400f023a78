// The page in Chromium, by Playwright: node page.mjs ADDRESS CHROMIUM CHECK, with node_modules beside it. Ends with 1 if the
// check fails. In each check nothing may be requested elsewhere, reported on the console or refused by the security policy.

import assert from "node:assert/strict";
import {existsSync, readFileSync, writeFileSync} from "node:fs";
import {createRequire} from "node:module";
import {gzipSync} from "node:zlib";
import {chromium} from "playwright-core";

const [address, executablePath, check, picture] = process.argv.slice(2);
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
/** Waits until the first step has played to its end. */
const ended = (page, timeout = PATIENCE.timeout) => page.waitForFunction(() => document.documentElement.dataset.step === "outage"
  && document.getElementById("scene-time").value === document.getElementById("scene-time").max, undefined, {timeout});
/** Waits until the first step shows what follows of the last change. */
const computed = page => page.waitForFunction(() => document.documentElement.dataset.step === "outage"
  && !document.querySelector(".stage").hasAttribute("aria-busy"), undefined, PATIENCE);
const active = page => page.evaluate(() => {
  const {id, tagName, type, textContent} = document.activeElement;
  return {id, kind: `${tagName.toLowerCase()}${type ? `-${type}` : ""}`, text: textContent.slice(0, 40),
    isControl: document.activeElement.closest("#controls") !== null};
});
/** The line of the conclusion, and the figures folded below it. */
const textOf = page => page.locator("#conclusion, #findings div").allTextContents().then(texts => texts.join("\n"));
const isVisible = (page, selector) => page.locator(selector).isVisible();

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
    const summary = page.locator("#numbers summary");
    await summary.focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "The numbers: Retries in 50 ms");
    assert.ok(await isVisible(page, "#numbers table"));
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
    assert.equal(await other.locator("table").allTextContents().then(String), await page.locator("table").allTextContents().then(String));
    await page.locator("#next").click();
    await entered(page, "budget");
    await page.goBack();
    await entered(page, "server");
    assert.equal(await page.locator("#control-load").inputValue(), "200");
    await page.evaluate(() => {
      location.hash = "#s=1.broken";
    });
    await page.locator("#problem:visible").waitFor();
    assert.match(await page.title(), /^An outage/);
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
    assert.equal(await page.locator(".stale").count(), 0);
    await page.locator("#control-a").fill("max-atempts=3");
    await page.locator("#problem:visible").waitFor();
    assert.match(await page.locator("#problem").innerText(), /policy A: .*max-atempts.*max-attempts/s);
    assert.equal(await page.locator(".stale figure").count(), 6);
    await page.locator("#control-a").fill("max-attempts=3");
    assert.ok(!await isVisible(page, "#problem"), "the problem of another policy stays");
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
    assert.equal(await page.locator("#picture", {hasText: "One call that fails"}).locator("svg[role=img]").getAttribute("aria-label"),
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
    assert.deepEqual(await names(), ["B: ordinary errors", "B: overload signals", "fault"]);
    await page.locator("#control-budgetA").selectOption("10%");
    await settled(page);
    assert.deepEqual(await names(), ["A", "B: ordinary errors", "B: overload signals", "fault"]);
  },

  /** The picture and the first control are in the first view; in a narrow one the picture stays while the others are used. */
  async layout() {
    const box = (page, selector) => page.locator(selector).first().boundingBox();
    for (const step of STEPS) {
      for (const [width, height] of [[1280, 800], [320, 640]]) {
        const page = await open(`#${step}`, {viewport: {width, height}});
        await entered(page, step);
        const where = `${step}, ${width} x ${height}`;
        const picture = await box(page, "#picture");
        const control = await box(page, "#controls :is(input, select, textarea, button)");
        assert.ok(picture.y > 0 && picture.y + picture.height <= height, `${where}: ${JSON.stringify(picture)}`);
        assert.ok(control.y > 0 && control.y + control.height <= height, `${where}: ${JSON.stringify(control)}`);
        assert.ok(!await isVisible(page, "#findings div") && !await isVisible(page, "#problem"), where);
        const lines = await page.evaluate(() => document.getElementById("conclusion").offsetHeight
          / Number.parseFloat(getComputedStyle(document.getElementById("conclusion")).lineHeight));
        assert.ok(lines < (width === 1280 ? 1.5 : 3.5), `${where}: ${lines} lines of conclusion`);
        if (width === 320) {
          assert.ok(picture.height <= 0.45 * height, `${where}: ${JSON.stringify(picture)}`);
          const last = page.locator("#controls :is(input, select, textarea, button)").last();
          await last.evaluate(each => each.scrollIntoView({block: "end"}));
          const used = await last.boundingBox();
          const still = await box(page, "#picture");
          assert.ok(still.y >= 0 && still.y + still.height <= used.y && used.y + used.height <= height + 1,
            `${where}: ${JSON.stringify([still, used])}`);
        }
        await page.context().close();
      }
    }
  },

  /** Before the engine is loaded there are frames and controls; then a line of one run without a verdict, then the engine's conclusion. */
  async coarse() {
    let release;
    const held = new Promise(resolve => {
      release = resolve;
    });
    const page = await open("#call");
    await entered(page, "call");
    await page.context().route("**/engine.wasm", async route => {
      await held;
      await route.continue();
    });
    await page.addInitScript(() => addEventListener("DOMContentLoaded", () => {
      window.lines = [];
      new MutationObserver(() => window.lines.push(document.getElementById("conclusion").textContent))
        .observe(document.getElementById("conclusion"), {childList: true});
    }));
    await page.goto(`${address}#server`);
    await page.reload();
    await page.locator("#control-load").waitFor();
    assert.equal(await page.locator("#picture h3").innerText(), "Goodput: successes each second");
    assert.ok(await isVisible(page, "#picture .frame"));
    assert.equal(await page.locator("#figures .frame").count(), 3);
    release();
    await entered(page, "server");
    const lines = (await page.evaluate("window.lines")).filter(Boolean);
    assert.match(lines[0], /^One run: .*\bnone \d+ %.* of the calls succeed\.$/);
    assert.ok(lines.slice(0, -1).every(line => !/gain|harm/i.test(line)), lines.join("\n"));
    assert.match(lines.at(-1), /^Harm: naive \d+ %\. .*Without retries \d+ % of calls succeed\.$/);
    assert.equal(await page.locator(".frame").count(), 0);
  },

  /** The defaults of other libraries are policies that run, with a line on their source and on what is missing. */
  async presets() {
    const page = await open("#transfer");
    await entered(page, "transfer");
    const menu = page.locator("#control-policy-preset");
    const names = (await menu.locator("option").evaluateAll(options => options.map(option => option.value))).filter(Boolean);
    for (const name of ["Resilience4j", "Spring", "Polly", ".NET 11", "AWS", "gRPC"]) {
      assert.ok(names.includes(name), name);
    }
    for (const name of names.reverse()) {
      await menu.selectOption(name);
      await settled(page);
      assert.ok(!await isVisible(page, "#problem"), name);
      assert.match(await page.locator("#control-policy-preset-about").innerText(), /^Version: .* Source: .* Not expressed: /, name);
    }
    await menu.selectOption("Resilience4j");
    assert.match(await page.locator("#control-policy").inputValue(), /^max-attempts=3 backoff=fixed base-delay=500ms /);
    await page.locator("#control-policy-max-attempts").fill("7");
    assert.equal(await menu.inputValue(), "");
    assert.equal(await page.locator("#control-policy-preset-about").innerText(), "");
  },

  /** Retries with and without jitter have the same axes, whichever is chosen. */
  async scales() {
    const page = await open("#herd");
    await entered(page, "herd");
    const axes = () => page.locator("#picture svg[data-highest]").evaluate(({dataset, ariaLabel}) => [dataset.highest, dataset.end, ariaLabel]);
    const [highest, end, label] = await axes();
    const peaks = /no-jitter ([\d,]+), full-jitter ([\d,]+)/.exec(label).slice(1).map(text => Number(text.replace(",", "")));
    assert.equal(Number(highest), Math.max(...peaks));
    assert.ok(peaks[0] > 5 * peaks[1], label);
    await page.locator("#control-jitter").selectOption("full jitter");
    await settled(page);
    assert.deepEqual(await axes(), [highest, end, label]);
    assert.match(await page.locator("#figures h3").first().innerText(), /full jitter$/);
  },

  /** What is taken from a step is what it shows. */
  async exports() {
    const taken = async (step, title) => {
      const page = await open(`#${step}`);
      await entered(page, step);
      const found = page.locator("#exports details", {has: page.locator("summary", {hasText: new RegExp(`^${title}$`)})});
      await found.waitFor({state: "attached"});
      const content = await found.textContent();
      await page.context().close();
      return content;
    };
    assert.match(await taken("herd", "Test"), /jitter=none.*recover.*amplifiesAtMost\(\d+\.\d\d\)/s);
    assert.match(await taken("budget", "Test of A"), /budget=off.*does not recover.*amplifiesAtMost\(/s);
    assert.match(await taken("layers", "Test"), /deep-stack.*succeedsAtLeast\(/s);
    assert.match(await taken("breaker", "Java of the breaker"), /waitDurationInOpenState\(Duration\.ofSeconds\(2\)\)/);
    assert.match(await taken("breaker", "Java of the hedge"), /Duration\.ofMillis\(20\)/);
    assert.match(await taken("breaker", "Command line of the hedge"), /simulate tail --set 'slow=2%' --set 'hedge=20ms'/);
  },

  /** The page has its security policy itself, for a host that sends no header. */
  async policyOfThePage() {
    const context = await browser.newContext();
    await context.route("**/*", async route => {
      const response = await route.fetch();
      const headers = response.headers();
      delete headers["content-security-policy"];
      await route.fulfill({response, headers});
    });
    const page = await context.newPage();
    await page.goto(`${address}#call`);
    await entered(page, "call");
    assert.match(await page.locator("#engine").innerText(), /WebAssembly\.$/);
    const refused = await page.evaluate(() => new Promise(resolve => {
      addEventListener("securitypolicyviolation", event => resolve(event.violatedDirective));
      const script = document.createElement("script");
      script.textContent = "window.isRun = true";
      document.body.append(script);
    }));
    assert.match(refused, /^script-src/);
    assert.equal(await page.evaluate("window.isRun"), undefined);
  },

  /** The first step plays by itself; three retries keep the service down, Respite at that moment brings it back; then it is broken by hand. */
  async outage() {
    const page = await open("");
    await page.waitForFunction(() => Number(document.getElementById("scene-time").value) > 0, undefined, PATIENCE);
    const told = page.locator("#scene-conclusion");
    assert.match(await told.innerText(), /^20 clients call a service that uses 93.3 % of its capacity\. Watch/);
    await ended(page);
    assert.match(await told.innerText(), /^With three retries the service stays down: 40 s after a crash of 10 s, 0 % .* without retries it is back within 1 s\.$/);
    await page.locator("#scene-time").focus();
    await page.keyboard.press("Home");
    await page.locator("#scene-time").fill("35000");
    await page.locator("#scene [data-policy=respite]").click();
    await computed(page);
    assert.equal(await page.locator("#scene [data-policy=respite]").getAttribute("aria-pressed"), "true");
    await page.locator("#scene-time").fill("75000");
    assert.match(await told.innerText(), /^With Respite from 35 s on, the service is back (1\d|2\d) s later, and was not restarted: (9\d|100)(\.\d)? % of calls/);
    assert.match(await page.locator("#scene-canvas").getAttribute("aria-label"), /^At 75 s: Respite: (9\d|100) % of calls succeed and \d+ requests wait\. Without retries: /);
    // Broken by hand, and repaired by the same button.
    await page.locator("#scene-time").fill("60000");
    await page.locator("#scene [data-break=slow]").click();
    await computed(page);
    assert.equal(await page.locator("#scene [data-break=slow]").innerText(), "Speed up");
    await page.locator("#scene-time").fill("70000");
    await page.locator("#scene [data-break=slow]").click();
    await computed(page);
    await page.locator("#scene-time").fill("110000");
    assert.match(await told.innerText(), /^With Respite from 35 s on, the service is back \d+ s after the last repair/);
    // The address has all of it.
    const other = await open(await page.evaluate("location.hash"));
    await ended(other, 400_000);
    assert.equal(await other.locator("#scene-conclusion").innerText(), await told.innerText());
    await other.close();
    await page.locator("#scene-again").click();
    await computed(page);
    assert.equal(await page.evaluate("location.hash"), await page.evaluate(() => document.documentElement.dataset.state));
    await page.evaluate(() => {
      location.hash = "#s=1.WyJvdXRhZ2UiLHsic3RvcnkiOiJ4In1d";
    });
    await page.locator("#problem:visible").waitFor();
    assert.match(await page.locator("#problem").innerText(), /story that cannot be read: x/);
  },

  /** A change whose run is known goes on at once, at the same pace: one playback follows the other. */
  async pace() {
    const page = await open("");
    await page.waitForFunction(() => document.documentElement.dataset.step === "outage", undefined, PATIENCE);
    const [millis, moved] = await page.evaluate(async () => {
      const policies = [...document.querySelectorAll("#scene [data-policy=none]")];
      const slider = document.getElementById("scene-time");
      slider.value = 0;
      slider.dispatchEvent(new Event("input"));
      policies[0].click();
      const until = async isDone => {
        while (!isDone()) {
          await new Promise(resolve => setTimeout(resolve, 10));
        }
      };
      await until(() => !document.querySelector(".stage").hasAttribute("aria-busy"));
      document.getElementById("scene-play").click();
      policies[0].click();
      await until(() => !document.querySelector(".stage").hasAttribute("aria-busy"));
      const [began, at] = [performance.now(), Number(slider.value)];
      await new Promise(resolve => setTimeout(resolve, 1500));
      return [performance.now() - began, Number(slider.value) - at];
    });
    assert.ok(moved > 0 && moved < 1.3 * 6 * millis, `${moved} ms of the run in ${millis} ms`);
  },

  /** The page and its engine, in each step, without the engine in JavaScript; the first step needs no charts. */
  async download() {
    const page = await open("");
    await ended(page);
    const names = () => page.evaluate(() => performance.getEntriesByType("resource").map(({name}) => new URL(name).pathname.slice(1)));
    const first = await names();
    assert.ok(first.includes("scene.js") && !first.includes("uPlot.min.js"), first.join());
    await page.evaluate(() => {
      location.hash = "#server";
    });
    await entered(page, "server");
    const all = [...new Set([...first, ...await names()].filter(name => !name.startsWith("worker.js")).concat("index.html", "worker.js", "engine.wasm"))];
    assert.ok(all.includes("uPlot.min.js") && !all.includes("engine.js"), all.join());
    let bytes = 0;
    for (const name of all) {
      bytes += gzipSync(Buffer.from(await (await fetch(address + name)).arrayBuffer()), {level: 9}).length;
    }
    console.log(`lab: the page loads ${all.length} files, ${bytes} bytes compressed`);
    assert.ok(bytes < 450_000, `${bytes}: ${all.join()}`);
  },

  /** The reader's own service: what is refused, and what is said of it over several seeds. */
  async numbers() {
    const page = await open("#outage");
    await computed(page);
    await page.locator("#scene-load").fill("60");
    await page.locator("#scene-capacity").fill("60");
    await page.keyboard.press("Tab");
    await page.locator("#scene-refused", {hasText: "60 requests a second are not less than the capacity of 60"}).waitFor(PATIENCE);
    assert.equal(await page.locator("#scene-capacity").getAttribute("aria-invalid"), "true");
    await page.locator("#scene-capacity").fill("200");
    await page.keyboard.press("Tab");
    await computed(page);
    assert.ok(!await page.locator("#scene-refused").isVisible());
    await ended(page);
    assert.match(await page.locator("#scene-conclusion").innerText(), /^With three retries the service is back/);
    await page.locator("#scene-verdict", {hasText: "Respite: "}).waitFor(PATIENCE);
    assert.match(await page.locator("#scene-verdict").innerText(), /^Over 3 seeds, in a crash of 10 s, and in a calm service with 5 and 20 % random failures: Three retries: .*; Respite: .*\.$/);
    assert.ok(!(await page.locator("#scene-conclusion").innerText()).match(/gain|harm/i), "a verdict of one seed");
  },

  /** Nothing moves by itself under reduced motion; steps do, and say where they are. */
  async stillness() {
    const page = await open("#outage", {reducedMotion: "reduce"});
    await computed(page);
    const at = await page.locator("#scene-time").inputValue();
    await page.waitForTimeout(500);
    assert.equal(await page.locator("#scene-time").inputValue(), at);
    await page.locator("#scene-forward").click();
    assert.equal(Number(await page.locator("#scene-time").inputValue()), Number(at) + 5000);
    assert.match(await page.locator("#scene-canvas").getAttribute("aria-label"), /^At 30 s: Three retries: 0 % /);
  },

  /** At both sizes picture and controls are in one view; each theme passes axe; keys reach every control in the order of the page. */
  async scene() {
    const page = await open("#outage", {reducedMotion: "reduce"});
    await computed(page);
    for (const [width, height] of [[1280, 800], [768, 1024], [320, 640]]) {
      await page.setViewportSize({width, height});
      await page.evaluate(() => scrollTo(0, 0));
      await page.waitForTimeout(100);
      const [stage, controls] = await Promise.all(["#scene-canvas", "#scene .scene-controls"].map(each => page.locator(each).boundingBox()));
      assert.ok(stage.y < controls.y && stage.height > 200, `${width}: the picture is not first`);
      assert.ok(controls.y + controls.height <= height, `${width}: the controls end at ${controls.y + controls.height}`);
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({colorScheme, reducedMotion: "reduce"});
        await page.waitForTimeout(100);
        await assertAccessible(page, `outage, ${width} px, ${colorScheme}`);
      }
    }
    const controls = await page.evaluate(() => [...document.querySelectorAll("#scene .scene-controls :is(button, input)")].map(each => each.textContent));
    await page.locator("#scene [data-policy=none]").focus();
    for (const text of controls) {
      assert.equal(await page.evaluate(() => document.activeElement.textContent), text);
      await page.keyboard.press("Tab");
    }
  },

  /** The picture that is saved is that of the README, byte by byte: argument 6 is its file. */
  async picture() {
    const page = await open("#outage", {reducedMotion: "reduce"});
    await computed(page);
    await page.locator("#scene-time").fill("40000");
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#scene-picture").click()]);
    assert.equal(download.suggestedFilename(), "respite-outage.svg");
    const saved = readFileSync(await download.path(), "utf8");
    writeFileSync("respite-outage.svg", saved);
    assert.ok(existsSync(picture) && readFileSync(picture, "utf8") === saved, `${picture} is not this picture: copy it from ${process.cwd()}/respite-outage.svg`);
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
